/** ISO 4217 codes whose minor unit is not a hundredth, by number of digits (list one, 2024-06). */
const odd: readonly (readonly [number, string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]

/**
 * Digits of the minor unit of an ISO 4217 currency: CNY 2, JPY 0, KWD 3. Any other three capital letters count 2;
 * what is no currency code gives undefined.
 */
export function currencyDigits(currency: string): number | undefined {
  if (!/^[A-Z]{3}$/.test(currency)) return undefined
  for (const [digits, codes] of odd) if (codes.indexOf(currency) >= 0) return digits
  return 2
}
