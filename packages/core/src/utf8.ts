/**
 * UTF-8 bytes of a text (RFC 3629), without TextEncoder, which mini-programs lack. A lone surrogate becomes U+FFFD.
 */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3)
  let end = 0
  for (let i = 0; i < text.length; i++) {
    let code = text.codePointAt(i) as number
    if (code > 0xffff) i++
    else if ((code & 0xf800) === 0xd800) code = 0xfffd
    const more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3
    // the first byte says by its leading ones how many follow
    bytes[end++] = more ? (0x100 - (0x80 >> more)) | (code >> (6 * more)) : code
    for (let k = more; k--; ) bytes[end++] = 0x80 | ((code >> (6 * k)) & 63)
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
