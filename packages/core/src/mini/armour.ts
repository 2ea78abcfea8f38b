/**
 * A text that survives any bridge to native code: no NUL, which ends C strings, and no lone surrogate, which UTF-8 cannot
 * carry. They stand as U+0001 and four hexadecimal digits.
 */
export function armour(text: string): string {
  return delicate.test(text) ? text.replace(units, (unit) => (unit.length > 1 ? unit : '\u0001' + ('000' + unit.charCodeAt(0).toString(16)).slice(-4))) : text
}

/** The way back from {@link armour}. */
export function unarmour(text: string): string {
  return text.replace(/\u0001([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
}

const delicate = /[\u0000\u0001\ud800-\udfff]/
const units = /[\ud800-\udbff][\udc00-\udfff]|[\u0000\u0001\ud800-\udfff]/g
