import type { Signer } from '../ed25519/signer'
import { accept, OmoError, refuse } from '../issues'
import type { Result } from '../issues'
import { utf8 } from '../utf8'
import { fromBase45, toBase45 } from './base45'
import { isPackable, packText, unpackText } from './packed-text'
import type { Envelope, EnvelopeClaims, EnvelopeType } from './types'

/** An envelope with the bytes its signature covers. Nothing is verified. */
export interface OpenedEnvelope {
  readonly envelope: Envelope
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

const types: readonly EnvelopeType[] = ['member-code', 'handoff', 'coupon', 'session']
/** No payment code begins with a letter, so no till tries to charge an envelope. */
const lead = 'O'
/** The tag byte: the version in its upper half, then the type, then whether the words are plain. */
const firstTag = 1 << 4
/** Tag byte, expiry, nonce, handle; then the words, then the signature. */
const fixed = 17

/**
 * Signs an envelope and spells it for a QR code: the letter O, then Base45 of tag, expiry, nonce, handle, words, signature.
 * Lower-case ids pack to two thirds; a coupon token with 21 bytes of words fits QR version 6 at level M (154 characters).
 * Throws an OmoError `invalid` for a field that cannot be carried.
 */
export async function pack(envelope: Envelope, sign: Signer): Promise<string> {
  if (!isLegal(envelope)) throw new OmoError('invalid', 'a field of the envelope cannot be carried')
  const body = encode(envelope)
  const signature = await sign(signInput(body))
  return lead + toBase45(Uint8Array.from([...body, ...signature]))
}

/** Reads an envelope that has its one spelling, trusting nothing of it. Issue: `bad-token`. */
export function unpack(text: string): Result<OpenedEnvelope> {
  const bytes = (text.charAt(0) === lead && text.length < 600 && fromBase45(text.slice(1))) || new Uint8Array(0)
  const end = bytes.length - 64
  const body = bytes.slice(0, Math.max(end, 0))
  const envelope = end < fixed ? undefined : decode(body)
  return envelope ? accept({ envelope, message: signInput(body), signature: bytes.slice(end) }) : refuse('bad-token')
}

const signInput = (body: Uint8Array): Uint8Array => Uint8Array.from([...utf8(`omokit.envelope\n${body.length}\n`), ...body])

const hex = (digits: number): RegExp => new RegExp(`^[0-9a-f]{${digits}}$`)
const word = /^[!-~]{1,64}$/
/** Brand and key, then up to three more, of which those before the last may be empty. */
const fewWords = /^[!-~]{1,64} [!-~]{1,64}(( [!-~]{0,64}){0,2} [!-~]{1,64})?$/

const isLegal = ({ brand, kid, type, expiresAt, nonce, claims: { handle, coupon, item, store } }: Envelope): boolean =>
  [brand, kid].concat([coupon, item, store].filter((each): each is string => each !== undefined)).every((each) => word.test(each)) &&
  types.indexOf(type) >= 0 &&
  hex(8).test(nonce) &&
  hex(16).test(handle) &&
  expiresAt >>> 0 === expiresAt

function encode({ brand, kid, type, expiresAt, nonce, claims: { handle, coupon, item, store } }: Envelope): Uint8Array {
  const text = [brand, kid, coupon, item, store].join(' ').replace(/ +$/, '')
  const packs = isPackable(text)
  const bytes = [firstTag | (types.indexOf(type) << 1) | (packs ? 0 : 1)]
  const digits = `0000000${expiresAt.toString(16)}`.slice(-8) + nonce + handle
  for (let i = 0; i < digits.length; i += 2) bytes.push(parseInt(digits.substr(i, 2), 16))
  return Uint8Array.from(bytes.concat(packs ? packText(text) : Array.from(text, (letter) => letter.charCodeAt(0))))
}

/** The envelope, or undefined for bytes that `encode` does not write. */
function decode(body: Uint8Array): Envelope | undefined {
  const tag = body[0] as number
  const plain = tag & 1
  const type = types[(tag - firstTag) >> 1]
  const digits = Array.from(body.slice(1, fixed), (byte) => `0${byte.toString(16)}`.slice(-2)).join('')
  const rest = body.slice(fixed)
  const text = plain ? String.fromCharCode(...rest) : unpackText(rest)
  // words that pack are packed
  if (!type || !fewWords.test(text) || (plain && isPackable(text))) return undefined
  const [brand, kid, coupon, item, store] = text.split(' ') as [string, string, string?, string?, string?]
  const claims: EnvelopeClaims = Object.assign({ handle: digits.slice(16) }, coupon && { coupon }, item && { item }, store && { store })
  return { brand, kid, type, expiresAt: parseInt(digits.slice(0, 8), 16), nonce: digits.slice(8, 16), claims }
}
