/**
 * UTF-8 bytes of a text (RFC 3629), without TextEncoder, which mini-programs lack. A lone surrogate becomes U+FFFD.
 */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3)
  let end = 0
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code < 0x80) {
      bytes[end++] = code
      continue
    }
    if (code < 0x800) {
      bytes[end++] = 0xc0 | (code >> 6)
      bytes[end++] = 0x80 | (code & 63)
      continue
    }
    if (code >= 0xd800 && code < 0xe000) {
      const low = code < 0xdc00 ? text.charCodeAt(i + 1) : 0
      if (low >= 0xdc00 && low < 0xe000) {
        i++
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
        bytes[end++] = 0xf0 | (code >> 18)
        bytes[end++] = 0x80 | ((code >> 12) & 63)
        bytes[end++] = 0x80 | ((code >> 6) & 63)
        bytes[end++] = 0x80 | (code & 63)
        continue
      }
      code = 0xfffd
    }
    bytes[end++] = 0xe0 | (code >> 12)
    bytes[end++] = 0x80 | ((code >> 6) & 63)
    bytes[end++] = 0x80 | (code & 63)
  }
  return bytes.slice(0, end)
}

/** The text of UTF-8 bytes, or undefined when they are not well formed. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i++] as number
    if (lead < 0x80) {
      text += String.fromCharCode(lead)
      continue
    }
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1
    if (lead < 0xc2 || lead > 0xf4 || i + more > bytes.length) return undefined
    let code = lead & (0x3f >> more)
    for (let k = 0; k < more; k++) {
      const next = bytes[i++] as number
      if ((next & 0xc0) !== 0x80) return undefined
      code = (code << 6) | (next & 63)
    }
    const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined
    if (code < 0x10000) text += String.fromCharCode(code)
    else text += String.fromCharCode(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 1023))
  }
  return text
}
