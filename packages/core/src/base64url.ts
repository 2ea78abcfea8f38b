const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (let i = 0; i < bytes.length; i++) {
    bits = ((bits & 63) << 8) | (bytes[i] as number)
    for (held += 8; held >= 6; ) text += alphabet.charAt((bits >> (held -= 6)) & 63)
  }
  return held ? text + alphabet.charAt((bits << (6 - held)) & 63) : text
}

/** The bytes, or undefined when the text is not the one spelling base64url has for them. */
export function fromBase64url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let held = 0
  let end = 0
  for (let i = 0; i < text.length; i++) {
    const digit = alphabet.indexOf(text.charAt(i))
    if (digit < 0) return undefined
    bits = ((bits << 6) | digit) & 0xffff
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[end++] = (bits >> held) & 255
    }
  }
  return bits & ((1 << held) - 1) ? undefined : bytes
}
