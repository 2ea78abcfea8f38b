import type { Modifier, Quote, QuoteLine } from './types'

/**
 * Path of the first thing in which a value is not a quote, beginning with `path`; undefined when it is one. A quote may have been
 * stored and read back: what seals and refunds read of it is looked at here, other keys are left alone. Of its basket only that it
 * is not nested without end.
 */
export function quoteFault(quote: Quote, path: string): string | undefined {
  const { basket, lines, totals, points, applied } = Object(quote) as Quote
  return (
    (Object(basket) === basket && isFlat(basket, 4) ? '' : `${path}.basket`) ||
    texts(path, quote, ['currency']) ||
    numbers(path, quote, ['release', 'instant']) ||
    numbers(`${path}.totals`, totals, ['gross', 'discount', 'shipping', 'shippingDiscount', 'total', 'rounding', 'pay']) ||
    numbers(`${path}.totals`, totals, ['orderDiscount', 'tax', 'shippingTax', 'taxAdded'], true) ||
    numbers(`${path}.points`, points, ['earned', 'burned']) ||
    each(`${path}.applied`, applied, (one, at) => texts(at, one, ['rule', 'kind']) || numbers(at, one, ['amount'])) ||
    each(`${path}.lines`, lines, (line, at) => lineFault(line, at, totals.tax !== undefined))
  )
}

function lineFault(line: QuoteLine, at: string, taxed: boolean): string | undefined {
  return (
    texts(at, line, ['id', 'sku']) ||
    numbers(at, line, ['qty', 'unitPrice', 'net']) ||
    unitsFault(`${at}.unitNet`, line.unitNet, line.qty) ||
    (taxed ? unitsFault(`${at}.unitTax`, line.unitTax, line.qty) : undefined) ||
    each(`${at}.modifiers`, line.modifiers, (one, where) => modifierFault(one, where, line.qty))
  )
}

const modifierFault = (one: Modifier, at: string, qty: number): string | undefined =>
  texts(at, one, ['rule', 'kind']) ||
  numbers(at, one, ['amount']) ||
  numbers(`${at}.funding`, one.funding, ['brand', 'store', 'partner', 'platform']) ||
  unitsFault(`${at}.units`, one.units, qty)

/** A number for each unit. */
const unitsFault = (at: string, units: readonly number[] | undefined, qty: number): string | undefined =>
  Array.isArray(units) && units.length === qty && units.every((one) => isWhole(one) && one >= 0) ? undefined : at

function each<T>(at: string, list: readonly T[], check: (one: T, at: string) => string | undefined): string | undefined {
  if (!Array.isArray(list)) return at
  for (let i = 0; i < list.length; i++) {
    const fault = check(list[i] as T, `${at}.${i}`)
    if (fault) return fault
  }
  return undefined
}

const texts = (at: string, from: object, keys: readonly string[]): string | undefined => first(at, from, keys, (value) => typeof value === 'string')

/** Integers, of which only the rounding and the instant may be below 0. */
const numbers = (at: string, from: object, keys: readonly string[], optional = false): string | undefined =>
  first(at, from, keys, (value, key) => (optional && value === undefined) || (isWhole(value) && (value >= 0 || key === 'rounding' || key === 'instant')))

function first(at: string, from: object, keys: readonly string[], test: (value: unknown, key: string) => boolean): string | undefined {
  if (Object(from) !== from) return at
  const odd = keys.filter((key) => !test((from as Readonly<Record<string, unknown>>)[key], key))[0]
  return odd && `${at}.${odd}`
}

/** An object, list or plain value with no more than so many levels. */
const isFlat = (value: unknown, levels: number): boolean =>
  Object(value) !== value || (levels > 0 && Object.keys(value as object).every((key) => isFlat((value as Readonly<Record<string, unknown>>)[key], levels - 1)))

/** Points may go beyond what is an amount of money. */
const isWhole = (value: unknown): value is number => typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 9007199254740991
