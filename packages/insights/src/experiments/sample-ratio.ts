import { chiSquareUpper } from '../distributions/gamma'
import { accept, check, checkCount, checkEach, checkShare, type Result } from '../result'
import { totalOf } from '../total-of'
import type { ChiSquare } from './equal-proportions'

export interface SampleRatio extends ChiSquare {
  /** True: more went wrong with the split than chance does; no result of this experiment can be trusted. */
  readonly alarm: boolean
}

/**
 * Sample ratio mismatch: whether the arms were filled as planned. Look at it on every read, before any result. The p-value is
 * right far below 1e-100. A. Fabijan and others, "Diagnosing sample ratio mismatch in online controlled experiments", 2019.
 *
 * @param observed units in each arm
 * @param weights planned shares of the arms in any unit: [80, 20]
 * @param alarmAt alarm below this p; default 0.001
 */
export function sampleRatio(
  observed: readonly number[],
  weights: readonly number[],
  { alarmAt = 0.001 }: { readonly alarmAt?: number } = {},
): Result<SampleRatio> {
  const total = totalOf(observed)
  const planned = totalOf(weights)
  const wrong =
    check('observed', observed.length, observed.length > 1, '>= 2 arms') ||
    check('weights', weights.length, weights.length === observed.length, 'one for each arm') ||
    checkEach('observed', observed, (count) => checkCount('', count)) ||
    checkEach('weights', weights, (weight) => check('', weight, weight > 0, '> 0')) ||
    checkShare('alarmAt', alarmAt) ||
    check('observed', total, total > 0, 'a sum > 0')
  if (wrong) return wrong
  const chi2 = observed.reduce((sum, count, i) => {
    const expected = total * ((weights[i] as number) / planned)
    return sum + (count - expected) ** 2 / expected
  }, 0)
  const df = observed.length - 1
  const p = chiSquareUpper(chi2, df)
  return accept({ chi2, df, p, alarm: p < alarmAt })
}
