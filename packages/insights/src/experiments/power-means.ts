import { bisect } from '../distributions/bisect'
import { integrate } from '../distributions/integrate'
import { normalUpper } from '../distributions/normal'
import { stirlingError } from '../distributions/stirling'
import { studentQuantile } from '../distributions/student'
import { accept, check, checkShare, type Refusal, type Result } from '../result'

/** A difference of two means to be found, in one unit with the standard deviation both arms share. */
export interface MeansPlan {
  readonly difference: number
  readonly sd: number
  /** Two-sided; default 0.05. */
  readonly alpha?: number
}

/** The chance that a t-test with so many units in each arm finds the difference; as R's `power.t.test`, the wrong direction left out. */
export function powerMeans(plan: MeansPlan, perArm: number): Result<number> {
  const wrong = checkPlan(plan) || check('perArm', perArm, perArm > 1, '> 1')
  return wrong || accept(power(plan, perArm))
}

/** Units each arm needs, not rounded, for a t-test to find the difference with the chance `power`; more than 1 in any case. */
export function sizeMeans(plan: MeansPlan, wanted = 0.8): Result<number> {
  const { difference } = plan
  const wrong = checkPlan(plan) || check('difference', difference, difference !== 0, 'not 0') || checkShare('power', wanted)
  if (wrong) return wrong
  let high = 2
  while (power(plan, high) < wanted && high < 1e15) high *= 2
  return accept(bisect((n) => power(plan, n) >= wanted, 1 + 1 / 64, high))
}

function power({ difference, sd, alpha = 0.05 }: MeansPlan, n: number): number {
  const df = 2 * (n - 1)
  return noncentralUpper(studentQuantile(1 - alpha / 2, df), df, (Math.abs(difference) / sd) * Math.sqrt(n / 2))
}

/** P(T > t) of the non-central t: the mean over s of P(Z > ts − shift), s the root of a chi-square over its degrees of freedom. */
function noncentralUpper(t: number, df: number, shift: number): number {
  // ln of the density of s at 1, by Stirling; a difference of ln Γ would lose its digits for large samples
  const atOne = Math.log(df / Math.PI) / 2 - stirlingError(df / 2)
  const f = (s: number): number => normalUpper(t * s - shift) * Math.exp(atOne + (df - 1) * Math.log(s) - (df / 2) * (s - 1) * (s + 1))
  const end = 1 + 40 / Math.sqrt(df)
  const ends = [0, Math.sqrt(Math.max(0, 1 - 1 / df)), Math.min(end, shift / t), end].sort((one, other) => one - other)
  let sum = 0
  for (let i = 1; i < ends.length; i++) sum += integrate(f, ends[i - 1] as number, ends[i] as number)
  return sum
}

const checkPlan = ({ difference, sd, alpha = 0.05 }: MeansPlan): Refusal | undefined =>
  check('difference', difference) || check('sd', sd, sd > 0, '> 0') || checkShare('alpha', alpha)
