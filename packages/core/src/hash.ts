import { toBase64url } from './base64url'
import { sha256 } from './sha256'
import { utf8 } from './utf8'

/**
 * H(tag, text): base64url SHA-256 of `"omokit." + tag + "\n" + byte length + "\n" + bytes`, 43 characters. The tag and the
 * length keep a hash of one kind of thing from standing for another.
 */
export function hash(tag: string, text: string): string {
  return toBase64url(sha256(utf8(`omokit.${tag}\n${utf8(text).length}\n${text}`)))
}
