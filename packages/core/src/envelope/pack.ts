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
const version = 1
const hex = (digits: number): RegExp => new RegExp(`^[0-9a-f]{${digits}}$`)
const word = /^[!-~]{1,64}$/
/** Tag byte, expiry, nonce, handle; then the words, then the signature. */
const fixed = 17

/**
 * Signs an envelope and spells it for a QR code: the letter O, then Base45 of tag, expiry, nonce, handle, words, signature.
 * Lower-case ids pack to two thirds; a coupon token with 21 bytes of words fits QR version 6 at level M (154 characters).
 * Throws an OmoError `invalid` for a field that cannot be carried.
 */
export async function pack(envelope: Envelope, sign: Signer): Promise<string> {
  const body = encode(envelope)
  return spell(body, await sign(signInput(body)))
}

/** Reads an envelope that has its one spelling, trusting nothing of it. Issue: `bad-token`. */
export function unpack(text: string): Result<OpenedEnvelope> {
  const bytes = text.charAt(0) === lead && text.length < 600 ? fromBase45(text.slice(1)) : undefined
  if (!bytes || bytes.length < fixed + 64) return refuse('bad-token')
  const end = bytes.length - 64
  const body = bytes.slice(0, end)
  const signature = bytes.slice(end)
  const envelope = decode(body)
  // written again it must be the same characters: that leaves one spelling without a rule for each field
  if (!envelope || spell(encode(envelope), signature) !== text) return refuse('bad-token')
  return accept({ envelope, message: signInput(body), signature })
}

function spell(body: Uint8Array, signature: Uint8Array): string {
  const all = new Uint8Array(body.length + signature.length)
  all.set(body)
  all.set(signature, body.length)
  return lead + toBase45(all)
}

function signInput(body: Uint8Array): Uint8Array {
  const head = utf8(`omokit.envelope\n${body.length}\n`)
  const all = new Uint8Array(head.length + body.length)
  all.set(head)
  all.set(body, head.length)
  return all
}

function encode(envelope: Envelope): Uint8Array {
  const { brand, kid, expiresAt, nonce, claims } = envelope
  const { handle, coupon, item, store } = claims
  const type = types.indexOf(envelope.type)
  const words = [brand, kid, coupon, item, store]
  const legal = brand && kid && words.every((each) => each === undefined || word.test(each))
  if (!legal || type < 0 || !hex(8).test(nonce) || !hex(16).test(handle) || !(expiresAt >= 0 && expiresAt <= 0xffffffff && expiresAt % 1 === 0)) {
    throw new OmoError('invalid', 'a field of the envelope cannot be carried')
  }
  const text = words
    .map((each) => each || '')
    .join(' ')
    .replace(/ +$/, '')
  const packs = isPackable(text)
  const bytes = [(version << 4) | (type << 1) | (packs ? 0 : 1), expiresAt >>> 24, (expiresAt >>> 16) & 255, (expiresAt >>> 8) & 255, expiresAt & 255]
  const digits = nonce + handle
  for (let i = 0; i < digits.length; i += 2) bytes.push(parseInt(digits.substr(i, 2), 16))
  return new Uint8Array(bytes.concat(packs ? packText(text) : [].slice.call(utf8(text))))
}

function decode(body: Uint8Array): Envelope | undefined {
  const tag = body[0] as number
  const type = types[(tag >> 1) & 7]
  let digits = ''
  for (let i = 1; i < fixed; i++) digits += `0${(body[i] as number).toString(16)}`.slice(-2)
  const rest = body.slice(fixed)
  let text = ''
  if (tag & 1) for (let i = 0; i < rest.length; i++) text += String.fromCharCode(rest[i] as number)
  else text = unpackText(rest)
  const words = text.split(' ')
  if (tag >> 4 !== version || !type || words.length < 2 || words.length > 5) return undefined
  const [brand, kid, coupon, item, store] = words as [string, string, string?, string?, string?]
  if (!word.test(brand) || !word.test(kid) || [coupon, item, store].some((each) => !!each && !word.test(each))) return undefined
  const claims: EnvelopeClaims = { handle: digits.slice(16), ...(coupon && { coupon }), ...(item && { item }), ...(store && { store }) }
  return { brand, kid, type, expiresAt: parseInt(digits.slice(0, 8), 16), nonce: digits.slice(8, 16), claims }
}
