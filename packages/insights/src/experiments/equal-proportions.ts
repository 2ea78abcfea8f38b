import { chiSquareUpper } from '../distributions/gamma'
import { accept, check, checkEach, type Result } from '../result'
import { totalOf } from '../total-of'
import { checkArm, type Arm } from './arm'

/** A chi-square test: statistic, degrees of freedom, upper tail. */
export interface ChiSquare {
  readonly chi2: number
  readonly df: number
  readonly p: number
}

/**
 * Pearson's chi-square test that all arms have one rate. Arms without any variation do not differ: chi2 0, p 1.
 *
 * @param continuity Yates's correction as R's `prop.test` has it; for two arms only, ignored for more
 */
export function equalProportions(arms: readonly Arm[], { continuity = false }: { readonly continuity?: boolean } = {}): Result<ChiSquare> {
  const wrong = check('arms', arms.length, arms.length > 1, '>= 2') || checkEach('arms', arms, (arm) => checkArm(arm))
  if (wrong) return wrong
  const trials = totalOf(arms.map((arm) => arm.trials))
  const rate = totalOf(arms.map((arm) => arm.successes)) / trials
  const df = arms.length - 1
  if (rate === 0 || rate === 1) return accept({ chi2: 0, df, p: 1 })
  // successes and failures of an arm lie equally far from what is expected
  const gaps = arms.map((arm) => Math.abs(arm.successes - arm.trials * rate))
  const less = continuity && df === 1 ? Math.min(0.5, ...gaps) : 0
  const chi2 = arms.reduce((sum, arm, i) => sum + ((gaps[i] as number) - less) ** 2 / (arm.trials * rate * (1 - rate)), 0)
  return accept({ chi2, df, p: chiSquareUpper(chi2, df) })
}
