/** Amounts above this are refused everywhere: 1e13 minor units, a hundred billion yuan. Sums of 900 of them stay exact. */
export const maxAmount = 1e13

/**
 * Tells whether a value is money this library calculates with: an integer of minor units, 0 to {@link maxAmount}.
 * Negative zero, fractions, texts and NaN are not.
 */
export function isAmount(value: unknown): value is number {
  // One over negative zero is below 0, one over 0 is not.
  return typeof value === 'number' && 1 / value > 0 && value <= maxAmount && Math.floor(value) === value
}
