import { toBase64url } from './base64url'
import { sha256 } from './sha256'
import { utf8 } from './utf8'

/**
 * H(tag, text): base64url SHA-256 of `"omokit." + tag + "\n" + byte length + "\n" + bytes`, 43 characters. The tag and the
 * length keep a hash of one kind of thing from standing for another.
 */
export const hash = (tag: string, text: string): string => toBase64url(sha256(tagged(tag, utf8(text))))

/** The bytes under their tag and length, as they are hashed or signed. */
export function tagged(tag: string, bytes: Uint8Array): Uint8Array {
  const head = utf8(`omokit.${tag}\n${bytes.length}\n`)
  const all = new Uint8Array(head.length + bytes.length)
  all.set(head)
  all.set(bytes, head.length)
  return all
}
