import { twoProportions } from '../experiments/two-proportions'
import { accept, below, check, checkCount, checkEach, type Result } from '../result'
import { checkVisits, type Visits } from './visits'

export interface DropOptions {
  /** A fall of this share is a drop, exactly it too; default −0.2. */
  readonly threshold?: number
  /** Fewer visits than this say nothing; default 500. */
  readonly minVisits?: number
  /** A drop with a higher p is taken for chance; default 0.05. */
  readonly maxP?: number
}

export interface DropVerdict {
  /** Rate of the window over that of the baseline, less 1; null without visits. */
  readonly change: number | null
  /** Two-sided pooled z of the window against the baseline; 1 without visits. */
  readonly p: number
  readonly alarm: boolean
  /** The first rule that holds. */
  readonly why: 'too-few-visits' | 'above-threshold' | 'not-significant' | 'drop'
}

/**
 * Looks for windows whose conversion fell: volume, size and significance must all speak for it. A plain "20 % down" cries wolf
 * about 24 times a year at 2,000 visits a day and a rate of 3 %; for a watch day after day see {@link watchConversion}.
 *
 * @param baseline a longer time before, with at least one conversion
 */
export function conversionDrop(
  baseline: Visits,
  windows: readonly Visits[],
  { threshold = -0.2, minVisits = 500, maxP = 0.05 }: DropOptions = {},
): Result<readonly DropVerdict[]> {
  const wrong =
    below('baseline', checkVisits(baseline, 1)) ||
    checkEach('windows', windows, (window) => checkVisits(window)) ||
    check('threshold', threshold, threshold < 0 && threshold >= -1, '-1..0') ||
    checkCount('minVisits', minVisits) ||
    check('maxP', maxP, maxP > 0 && maxP <= 1, '0..1')
  if (wrong) return wrong
  const rate = baseline.conversions / baseline.visits
  return accept(
    windows.map(({ conversions, visits }): DropVerdict => {
      const test = twoProportions({ successes: conversions, trials: visits }, { successes: baseline.conversions, trials: baseline.visits })
      const p = test.ok ? test.value.p : 1
      const change = visits ? conversions / visits / rate - 1 : null
      const why =
        change === null || visits < minVisits ? 'too-few-visits' : change > threshold + 1e-12 ? 'above-threshold' : p > maxP ? 'not-significant' : 'drop'
      return { change, p, alarm: why === 'drop', why }
    }),
  )
}
