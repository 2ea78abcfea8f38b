/**
 * A decimal text as integer minor units of a currency with two digits, half up, exact: no float is involved.
 * Exponents are taken ("4.44e-16" is 0). Undefined when it is no number.
 */
export function decimalMinor(text: string): number | undefined {
  const parts = /^(-?)(\d{1,13})(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  if (!parts) return undefined
  const fraction = parts[3] ?? ''
  const digits = (parts[2] as string) + fraction
  // digits stand for digits × 10^exponent; wanted: × 10^2
  const shift = Number(parts[4] ?? 0) - fraction.length + 2
  const whole = shift >= 0 ? digits + '0'.repeat(shift) : digits.slice(0, Math.max(0, digits.length + shift))
  const next = shift < 0 && digits.length + shift >= 0 ? Number(digits[digits.length + shift]) : 0
  const value = Number(whole || '0') + (next >= 5 ? 1 : 0)
  if (!Number.isSafeInteger(value)) return undefined
  return parts[1] && value ? -value : value
}
