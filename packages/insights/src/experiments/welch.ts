import { studentQuantile, studentTwoSided } from '../distributions/student'
import { accept, below, check, checkCount, checkEach, checkShare, type Refusal, type Result } from '../result'
import { totalOf } from '../total-of'

/** Mean, standard deviation and number of the values of one arm. */
export interface Summary {
  readonly mean: number
  /** Of the sample, divisor n − 1. */
  readonly sd: number
  /** At least 2. */
  readonly n: number
}

export interface WelchTest {
  /** Mean of B less mean of A; `relative`: that over the mean of A. */
  readonly difference: number
  readonly error: number
  readonly t: number
  /** Degrees of freedom by Welch and Satterthwaite, not rounded. */
  readonly df: number
  /** Two-sided. */
  readonly p: number
  /** Confidence interval of `difference`. */
  readonly interval: readonly [low: number, high: number]
}

export interface WelchOptions {
  /**
   * Ask for the relative lift instead of the difference; its error by the delta method, with the degrees of freedom of the
   * difference. The two can disagree on the same data: settle on one before the experiment starts.
   */
  readonly relative?: boolean
  /** Confidence of the interval, default 0.95. */
  readonly level?: number
}

/**
 * Welch's t-test of B against A, which does not suppose equal variances. B. L. Welch, "The generalization of 'Student's' problem",
 * 1947. Turn the arms round to read A less B.
 */
export function welch(a: Summary, b: Summary, { relative = false, level = 0.95 }: WelchOptions = {}): Result<WelchTest> {
  const wrong =
    below('a', checkSummary(a)) ||
    below('b', checkSummary(b)) ||
    checkShare('level', level) ||
    (relative ? check('a.mean', a.mean, a.mean !== 0, 'not 0') : undefined) ||
    check('b.sd', b.sd, a.sd + b.sd > 0, 'some variation')
  if (wrong) return wrong
  const [va, vb] = [a.sd ** 2 / a.n, b.sd ** 2 / b.n]
  const difference = relative ? (b.mean - a.mean) / a.mean : b.mean - a.mean
  const error = relative ? Math.sqrt(vb / a.mean ** 2 + (va * b.mean ** 2) / a.mean ** 4) : Math.sqrt(va + vb)
  const df = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1))
  const t = difference ? difference / error : 0
  const half = studentQuantile((1 + level) / 2, df) * error
  return accept({ difference, error, t, df, p: studentTwoSided(t, df), interval: [difference - half, difference + half] })
}

/** Mean, standard deviation and number of values; at least two. */
export function summarise(values: readonly number[]): Result<Summary> {
  const n = values.length
  const wrong = check('values', n, n > 1, '>= 2 values') || checkEach('values', values, (value) => check('', value))
  if (wrong) return wrong
  const mean = totalOf(values) / n
  return accept({ mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)), n })
}

const checkSummary = ({ mean, sd, n }: Summary): Refusal | undefined => check('mean', mean) || check('sd', sd, sd >= 0, '>= 0') || checkCount('n', n, 2)
