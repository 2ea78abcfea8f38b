import { isAmount } from './amounts'
import { currencyDigits } from './currency-digits'
import { OmoError, refuse } from '../issues'
import type { Result } from '../issues'

/**
 * Writes minor units as a plain decimal: `formatAmount(123450, 'CNY')` is `1234.50`. No symbol, no grouping, the same on every
 * runtime. Takes safe integers below 0 too (a rounding of −0.07). Throws on anything else.
 */
export function formatAmount(amount: number, currency: string): string {
  const digits = currencyDigits(currency)
  if (digits === undefined) throw new OmoError('unknown-currency', currency)
  if (!Number.isSafeInteger(amount)) throw new OmoError('not-an-amount', String(amount))
  let text = String(Math.abs(amount))
  while (text.length <= digits) text = '0' + text
  const at = text.length - digits
  return (amount < 0 ? '-' : '') + text.slice(0, at) + (digits ? '.' + text.slice(at) : '')
}

/**
 * Reads a plain decimal as minor units, exactly: `parseAmount('1234.5', 'CNY')` is 123450. Refuses signs, spaces, grouping,
 * exponents, more digits than the currency has (`not-an-amount`), and what is no currency (`unknown-currency`).
 */
export function parseAmount(text: string, currency: string): Result<number> {
  const digits = currencyDigits(currency)
  if (digits === undefined) return refuse('unknown-currency', { have: currency })
  const parts = /^(\d{1,14})(?:\.(\d+))?$/.exec(text)
  let fraction = parts?.[2] ?? ''
  if (!parts || fraction.length > digits) return refuse('not-an-amount', { have: text.slice(0, 40) })
  while (fraction.length < digits) fraction += '0'
  const value = Number((parts[1] as string) + fraction)
  return isAmount(value) ? { ok: true, value } : refuse('not-an-amount', { have: text })
}
