const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

/** Base45 (RFC 9285): two bytes become three characters of QR's alphanumeric mode. */
export function toBase45(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length
    let n = pair ? (bytes[i] as number) * 256 + (bytes[i + 1] as number) : (bytes[i] as number)
    for (let k = pair ? 3 : 2; k; k--) {
      text += alphabet.charAt(n % 45)
      n = Math.floor(n / 45)
    }
  }
  return text
}

/** The bytes, or undefined when the text is not the one spelling Base45 has for them. */
export function fromBase45(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 3) {
    const size = Math.min(3, text.length - i)
    let n = 0
    for (let k = size - 1; k >= 0; k--) {
      const digit = alphabet.indexOf(text.charAt(i + k))
      if (digit < 0) return undefined
      n = n * 45 + digit
    }
    if (size === 1 || n >= (size === 3 ? 65536 : 256)) return undefined
    if (size === 3) bytes.push(n >> 8)
    bytes.push(n & 255)
  }
  return new Uint8Array(bytes)
}
