/** The characters of RFC 4648 §5: six bits each, and fit for any URL, file name and key. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (let i = 0; i < bytes.length; i++) {
    bits = (bits << 8) | (bytes[i] as number)
    for (held += 8; held >= 6; ) text += alphabet.charAt((bits >> (held -= 6)) & 63)
  }
  return held ? text + alphabet.charAt((bits << (6 - held)) & 63) : text
}

/** The bytes, or undefined when the text is not the one spelling base64url has for them. */
export function fromBase64url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array((text.length * 3) >> 2)
  let bits = 0
  let held = 0
  let end = 0
  for (let i = 0; i < text.length; i++) {
    bits = (bits << 6) | (alphabet.indexOf(text.charAt(i)) & 63)
    held += 6
    if (held > 7) bytes[end++] = bits >> (held -= 8)
  }
  // written again it must be the same characters: that leaves one spelling without a rule for each way to go wrong
  return toBase64url(bytes) === text ? bytes : undefined
}
