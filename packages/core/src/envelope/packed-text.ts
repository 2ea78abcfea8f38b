const alphabet = ' abcdefghijklmnopqrstuvwxyz0123456789-._'
const small = /^[ a-z0-9._-]*$/

/** Whether {@link packText} can hold it: lower-case letters, digits, `-._` and spaces between. */
export function isPackable(text: string): boolean {
  return small.test(text)
}

/** Three characters of an alphabet of forty in two bytes; the text must not end in a space. */
export function packText(text: string): number[] {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 3) {
    let n = 0
    for (let k = 0; k < 3; k++) n = n * 40 + Math.max(0, alphabet.indexOf(text.charAt(i + k) || ' '))
    bytes.push(n >> 8, n & 255)
  }
  return bytes
}

/** The text again; nothing for bytes that no text packs to. */
export function unpackText(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 2) {
    const n = (bytes[i] as number) * 256 + (bytes[i + 1] || 0)
    text += alphabet.charAt(Math.floor(n / 1600)) + alphabet.charAt(Math.floor(n / 40) % 40) + alphabet.charAt(n % 40)
  }
  // a value above the range lacks a letter, and three spaces at the end would be packed in no bytes
  return text.length * 2 === bytes.length * 3 && text.slice(-3) !== '   ' ? text.replace(/ +$/, '') : ''
}
