import { accept, check, checkCount, type Result } from '../result'

/** Parameters of the gamma-gamma model of spend, all above 0; `v` in the unit of money. */
export interface GammaGamma {
  readonly p: number
  readonly q: number
  readonly v: number
}

/**
 * What a customer is expected to spend on a purchase: the mean of own purchases, drawn to that of all the less is known.
 * P. Fader, B. Hardie, K. Lee, "RFM and CLV: using iso-value curves for customer base analysis", 2005.
 *
 * @param repeats repeat purchases; 0 gives the mean of all customers, which exists for q > 1
 * @param mean mean money of a repeat purchase, in the unit of `v`; 0 for none
 */
export function expectedSpend({ p, q, v }: GammaGamma, repeats: number, mean: number): Result<number> {
  const wrong =
    checkCount('repeats', repeats) ||
    check('model.p', p, p > 0, '> 0') ||
    check('model.q', q, q > 0 && p * repeats + q > 1, repeats ? '> 0' : '> 1') ||
    check('model.v', v, v > 0, '> 0') ||
    check('mean', mean, mean >= 0, '>= 0')
  return wrong || accept((p * (v + repeats * mean)) / (p * repeats + q - 1))
}
