import { fromBase64url, toBase64url } from '../../base64url'
import { claim, same } from './claim'
import type { ContractCase } from './harness'

const bytes = (text: string): Uint8Array => fromBase64url(text) as Uint8Array
// RFC 8032 §7.1, test 2
const key = bytes('PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw')
const signature = bytes('kqAJqfDUyrhyDoILX2QlQKKye1QWUD-Ps3YiI-vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA')
const message = new Uint8Array([0x72])

/** Contract of the `crypto` port, where there is one. */
export const cryptoContract: readonly ContractCase[] = [
  {
    name: 'verifies Ed25519 as RFC 8032 says, and refuses any change',
    async run({ open }) {
      const { crypto } = open()
      if (!crypto) return
      claim(await crypto.verify(key, signature, message), 'test vector 2')
      claim(!(await crypto.verify(key, signature, new Uint8Array([0x73]))), 'another message')
      claim(!(await crypto.verify(key, signature, new Uint8Array(0))), 'no message')
      for (const at of [0, 31, 32, 63]) claim(!(await crypto.verify(key, flipped(signature, at), message)), `signature byte ${at}`)
      claim(!(await crypto.verify(flipped(key, 5), signature, message)), 'another key')
      claim(!(await crypto.verify(key.slice(1), signature, message)), 'a short key')
      claim(!(await crypto.verify(key, signature.slice(1), message)), 'a short signature')
    },
  },
  {
    name: 'hashes as FIPS 180-4 says',
    async run({ open }) {
      const { crypto } = open()
      if (!crypto) return
      same(toBase64url(await crypto.sha256(new Uint8Array([0x61, 0x62, 0x63]))), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0', 'abc')
      same(toBase64url(await crypto.sha256(new Uint8Array(0))), '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', 'empty')
    },
  },
]

function flipped(of: Uint8Array, at: number): Uint8Array {
  const copy = of.slice()
  copy[at] = (copy[at] as number) ^ 1
  return copy
}
