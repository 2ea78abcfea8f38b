import { toBase64url } from '../base64url'
import { sha256 } from '../sha256'

/** An ASCII text behind its tag and length, as bytes; none for any other text, which no document may be. */
export function taggedBytes(tag: string, body: string): Uint8Array {
  const text = `omokit.${tag}\n${body.length}\n${body}`
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) if ((bytes[i] = text.charCodeAt(i)) > 126) return new Uint8Array(0)
  return bytes
}

/** `hash` of `@omokit/core` for ASCII texts, without a UTF-8 encoder; "" for any other, which is the name of nothing. */
export function asciiHash(tag: string, text: string): string {
  const bytes = taggedBytes(tag, text)
  return bytes.length ? toBase64url(sha256(bytes)) : ''
}
