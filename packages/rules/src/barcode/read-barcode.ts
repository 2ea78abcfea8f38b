import { isAmount, mulDiv, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'

/** Where a scale puts its figures: a flag, the fields, one check digit; 13 or 18 digits in all. */
export interface BarcodeLayout {
  readonly flag: string
  readonly fields: readonly (readonly [name: 'plu' | 'grams' | 'amount', digits: number])[]
}

/** What a PLU stands for. */
export interface BarcodeItem {
  readonly sku: string
  /** Minor units. */
  readonly pricePerKg: number
}

/** What a label says; hand it to the basket as `grams` and `labelAmount`. */
export interface ScaleLabel {
  readonly sku: string
  readonly grams: number
  /** The printed amount where there is one. */
  readonly amount: number
}

/**
 * Reads the code of a scale label (in-store EAN-13 with flags 20–29, and the 18-digit code with amount and weight). The first
 * layout whose flag and length fit counts. A missing amount or weight is computed half up from the price per kilogram; where
 * both are printed the printed amount holds and may differ by 1 from the computed one.
 *
 * Refuses with `invalid` and a path, the first that fits: `characters` (not only 0–9), `layout`, `check` (GS1 modulo 10),
 * `item` (unknown PLU), `mismatch`.
 */
export function readBarcode(code: string, layouts: readonly BarcodeLayout[], item: (plu: string) => BarcodeItem | undefined): Result<ScaleLabel> {
  const bad = (path: string): ReturnType<typeof refuse> => refuse('invalid', { path, have: typeof code === 'string' ? code.slice(0, 40) : typeof code })
  if (typeof code !== 'string' || !/^[0-9]+$/.test(code)) return bad('characters')
  const known = Array.isArray(layouts) ? (layouts as readonly BarcodeLayout[]).filter(isLayout) : []
  const layout = known.find(
    ({ flag, fields }) => code.slice(0, flag.length) === flag && code.length === fields.reduce((sum, [, digits]) => sum + digits, flag.length + 1),
  )
  if (!layout || (code.length !== 13 && code.length !== 18)) return bad('layout')
  if (checkDigit(code.slice(0, -1)) !== Number(code.slice(-1))) return bad('check')
  let plu = ''
  let grams: number | undefined
  let printed: number | undefined
  let at = layout.flag.length
  for (const [name, digits] of layout.fields) {
    const text = code.slice(at, at + digits)
    at += digits
    if (name === 'plu') plu = text
    else if (name === 'grams') grams = Number(text)
    else printed = Number(text)
  }
  const found = item(plu)
  if (!found) return bad('item')
  const { sku, pricePerKg } = found
  if (grams === undefined) grams = printed === undefined || pricePerKg === 0 ? 0 : mulDiv(printed, 1000, pricePerKg, 'half-up')
  else {
    const computed = mulDiv(grams, pricePerKg, 1000, 'half-up')
    printed ??= computed
    if (Math.abs(printed - computed) > 1) return bad('mismatch')
  }
  return { ok: true, value: { sku, grams, amount: printed ?? 0 } }
}

/** Layouts may come from a file; what is none fits no code. */
function isLayout(layout: BarcodeLayout): boolean {
  const { flag, fields } = Object(layout) as BarcodeLayout
  return typeof flag === 'string' && Array.isArray(fields) && fields.every((field) => Array.isArray(field) && isAmount(field[1]))
}

/** GS1 modulo 10: weights 3, 1, 3, … from the rightmost data digit leftwards. */
function checkDigit(data: string): number {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += Number(data[data.length - 1 - i]) * (i % 2 ? 1 : 3)
  return (10 - (sum % 10)) % 10
}
