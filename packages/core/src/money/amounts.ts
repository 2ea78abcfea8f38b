/** Amounts above this are refused everywhere: 1e13 minor units, a hundred billion yuan. Sums of 900 of them stay exact. */
export const maxAmount = 1e13

/**
 * Tells whether a value is money this library calculates with: an integer of minor units, 0 to {@link maxAmount}.
 * Negative zero, fractions, texts and NaN are not.
 */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= maxAmount && Math.floor(value) === value && !Object.is(value, -0)
}
