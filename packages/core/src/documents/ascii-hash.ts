import { toBase64url } from '../base64url'
import { sha256 } from '../sha256'

/** The bytes of an ASCII text; undefined for any other, which no document may be. */
export function asciiBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 126) return undefined
    bytes[i] = code
  }
  return bytes
}

/** `hash` of `@omokit/core` for ASCII texts, without a UTF-8 encoder; "" for any other, which is the name of nothing. */
export function asciiHash(tag: string, text: string): string {
  const bytes = asciiBytes(`omokit.${tag}\n${text.length}\n${text}`)
  return bytes ? toBase64url(sha256(bytes)) : ''
}
