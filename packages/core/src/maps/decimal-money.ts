import { refuse, type Result } from '../issues'
import { currencyDigits } from '../money/currency-digits'
import { maxAmount } from '../money/amounts'

/**
 * Minor units of a decimal amount as other trackers send it: 19.99 yuan is 1999. Takes numbers and decimal texts. Exact: a number that is
 * no multiple of the minor unit (19.999) is refused as `not-an-amount`; the dust that adding floats leaves (0.1 + 0.2) is not held against it.
 */
export function minorOf(value: unknown, currency: string | undefined): Result<number> {
  const digits = currency === undefined ? undefined : currencyDigits(currency)
  if (digits === undefined) return refuse('unknown-currency', currency === undefined ? {} : { have: currency })
  const decimal = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{1,14}(?:\.\d{1,20})?$/.test(value) ? Number(value) : Number.NaN
  const scaled = decimal * 10 ** digits
  const minor = Math.round(scaled)
  // half of the last bit of so large a number, or a millionth of a unit
  const dust = Math.max(1e-6, Math.abs(scaled) * 4e-16)
  if (!(Math.abs(minor) <= maxAmount) || Math.abs(scaled - minor) > dust) return refuse('not-an-amount', { have: String(value).slice(0, 40) })
  return { ok: true, value: minor + 0 }
}

/** The decimal number that stands for minor units: 1999 fen is 19.99. {@link minorOf} gives the same minor units back. */
export function decimalOf(minor: number, currency: string): number {
  return minor / 10 ** (currencyDigits(currency) || 0)
}
