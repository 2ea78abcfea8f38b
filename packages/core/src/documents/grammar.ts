import type { Row } from './types'

/** A key of a row: 1–64 printable ASCII characters without `" \ [ ]`; other bytes percent-encoded by the publisher. */
export const keyClass = '[!#-Z^-~]'
/** A base64url SHA-256: the two spare bits of the last character are zero. */
export const hashClass = '[\\w-]{42}[AEIMQUYcgkosw048]'

const positive = '([1-9]\\d{0,12}|10000000000000)'
const integer = `(0|${positive})`
const opening = `^\\["${keyClass}{1,64}"`
const tag = '[!#-+\\--Z^-~]+'
const plain = '[ !#-[\\]-~]*'
const text = `"${plain}(\\\\(["\\\\bfnrt]|u[0-9a-f]{4})${plain})*"`

const priceRow = /* @__PURE__ */ new RegExp(`${opening},${integer}((,${integer})?,${positive}|(,${integer}){2},"${tag}(,${tag})*")?\\]$`)
const anyRow = /* @__PURE__ */ new RegExp(`${opening}(,(${integer}|${text}))+\\]$`)
const deletion = /* @__PURE__ */ new RegExp(`${opening}\\]$`)

/**
 * Whether a row has the one spelling its kind of book allows. Price rows are `[key, price, list?, until?, tags?]` with 0 for
 * absent and no trailing 0; any other kind takes texts and integers.
 */
export function isRow(kind: string, row: string): boolean {
  if (kind === 'price') return priceRow.test(row)
  return anyRow.test(row) && rowText(JSON.parse(row) as Row) === row
}

/** Whether a row of a delta takes its key away. */
export function isDeletion(row: string): boolean {
  return deletion.test(row)
}

/** The one spelling of a row: JSON in ASCII, no spaces, other characters as `\uxxxx`. */
export function rowText(row: Row): string {
  return JSON.stringify(row).replace(/[\x7f-\uffff]/g, (char) => `\\u${(0x10000 + char.charCodeAt(0)).toString(16).slice(1)}`)
}

/** The key of a row's text. */
export function keyOf(row: string): string {
  return row.slice(2, row.indexOf('"', 2))
}
