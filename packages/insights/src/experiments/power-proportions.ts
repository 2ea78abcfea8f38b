import { normalQuantile, normalUpper } from '../distributions/normal'
import { accept, check, checkShare, type Refusal, type Result } from '../result'

/** Two rates to be told apart, with a two-sided error of the first kind. */
export interface ProportionsPlan {
  readonly rates: readonly [number, number]
  /** Two-sided; default 0.05. */
  readonly alpha?: number
}

/**
 * The chance that a test with so many units in each arm finds the difference; as R's `power.prop.test`, the wrong direction
 * left out.
 */
export function powerProportions({ rates: [p, q], alpha = 0.05 }: ProportionsPlan, perArm: number): Result<number> {
  const wrong = checkRates(p, q, alpha) || check('perArm', perArm, perArm > 0, '> 0')
  if (wrong) return wrong
  const { common, own } = spread(p, q)
  return accept(normalUpper((common * normalQuantile(1 - alpha / 2) - Math.sqrt(perArm) * Math.abs(p - q)) / own))
}

/** Units each arm needs, not rounded, for a test to find the difference with the chance `power`. Show it before publishing. */
export function sizeProportions({ rates: [p, q], alpha = 0.05 }: ProportionsPlan, power = 0.8): Result<number> {
  const wrong = checkRates(p, q, alpha) || check('rates.1', q, p !== q, 'another rate') || checkShare('power', power)
  if (wrong) return wrong
  const { common, own } = spread(p, q)
  return accept(((normalQuantile(1 - alpha / 2) * common + normalQuantile(power) * own) / (p - q)) ** 2)
}

function spread(p: number, q: number): { readonly common: number; readonly own: number } {
  const mean = (p + q) / 2
  return { common: Math.sqrt(2 * mean * (1 - mean)), own: Math.sqrt(p * (1 - p) + q * (1 - q)) }
}

const checkRates = (p: number, q: number, alpha: number): Refusal | undefined =>
  check('rates.0', p, p >= 0 && p <= 1, '0..1') ||
  check('rates.1', q, q >= 0 && q <= 1 && p * (1 - p) + q * (1 - q) > 0, '0..1, one rate between') ||
  checkShare('alpha', alpha)
