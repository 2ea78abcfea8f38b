import { accept, check, checkEach, checkShare, type Result } from '../result'

export interface CorrectedPValues {
  /** In the order given; each at most 1. */
  readonly adjusted: readonly number[]
  /** How many are at most `q`: among these a share of about q is false on average. */
  readonly rejected: number
  /** How many hold by the stricter rule p m ≤ q: one false among all with a chance of at most q. */
  readonly bonferroniRejected: number
}

/**
 * Corrects p-values of tests that were read together: ten coupons compared at once find one "winner" by chance in 40 % of
 * months. Exactly on the limit counts. Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", 1995.
 */
export function correctPValues(p: readonly number[], q = 0.05): Result<CorrectedPValues> {
  const wrong = checkEach('p', p, (each) => check('', each, each >= 0 && each <= 1, '0..1')) || checkShare('q', q)
  if (wrong) return wrong
  const m = p.length
  const order = p.map((_, i) => i).sort((one, other) => (p[other] as number) - (p[one] as number))
  const adjusted = p.map(() => 1)
  let least = 1
  order.forEach((at, i) => {
    least = Math.min(least, ((p[at] as number) * m) / (m - i))
    adjusted[at] = least
  })
  const limit = q + 1e-12
  return accept({ adjusted, rejected: adjusted.filter((each) => each <= limit).length, bonferroniRejected: p.filter((each) => each * m <= limit).length })
}
