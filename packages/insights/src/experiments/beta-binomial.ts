import { betaLower, betaPoint } from '../distributions/beta'
import { integrateUnit } from '../distributions/integrate'
import { accept, below, check, checkEach, type Result } from '../result'
import { checkArm, type Arm } from './arm'

/** Parameters of a beta distribution; [1, 1] is uniform, [0, 0] lets the data speak alone. */
export type BetaPrior = readonly [alpha: number, beta: number]

export interface BetaBinomial {
  /** The chance that B's rate is above A's, given the data. */
  readonly chanceToWin: number
  /** Posterior mean of B over that of A, less 1; null where A's is 0. */
  readonly lift: number | null
  /** The rate lost on average by shipping B: E max(A − B, 0). */
  readonly riskShipB: number
  /** The rate lost on average by keeping A: E max(B − A, 0). */
  readonly riskKeepA: number
}

/**
 * Bayesian comparison of two rates, exact: no normal approximation. Arms without data and with equal priors give a chance of
 * 0.5 and a lift of 0. A posterior with a parameter of 0 is read as its limit, all weight on the rate 0 or 1.
 */
export function betaBinomial(a: Arm, b: Arm, priorA: BetaPrior = [1, 1], priorB: BetaPrior = priorA): Result<BetaBinomial> {
  const wrong =
    below('a', checkArm(a, 0)) ||
    below('b', checkArm(b, 0)) ||
    checkEach('priorA', priorA, (each) => check('', each, each >= 0, '>= 0')) ||
    checkEach('priorB', priorB, (each) => check('', each, each >= 0, '>= 0'))
  if (wrong) return wrong
  const one = posterior(a, priorA)
  const other = posterior(b, priorB)
  const lift = one.mean === other.mean ? 0 : one.mean ? other.mean / one.mean - 1 : null
  if (one.proper && other.proper) {
    const over = (f: (p: number, q: number) => number): number => integrateUnit(f, [one.mean, other.mean])
    const equal = one.alpha === other.alpha && one.beta === other.beta
    return accept({
      chanceToWin: equal ? 0.5 : over((p, q) => (chanceBelow(one, p, q) * betaPoint(p, other.alpha, other.beta, q)) / p / q),
      lift,
      riskShipB: over((p, q) => chanceBelow(other, p, q) * chanceBelow({ alpha: one.beta, beta: one.alpha }, q, p)),
      riskKeepA: over((p, q) => chanceBelow(one, p, q) * chanceBelow({ alpha: other.beta, beta: other.alpha }, q, p)),
    })
  }
  // at least one of the two is all on 0 and 1, so that both are independent of where the other lies between
  const [a0, a1, b0, b1] = [one.at0, one.at1, other.at0, other.at1]
  const [aMid, bMid] = [1 - a0 - a1, 1 - b0 - b1]
  const ties = a0 * b0 + a1 * b1
  return accept({
    chanceToWin: a0 * (bMid + b1) + aMid * b1 + ties / 2,
    lift,
    riskShipB: one.proper ? b0 * one.mean : a1 * (1 - other.mean),
    riskKeepA: one.proper ? b1 * (1 - one.mean) : a0 * other.mean,
  })
}

interface Posterior {
  readonly alpha: number
  readonly beta: number
  readonly mean: number
  /** Has a density; else its weight is on 0 and 1. */
  readonly proper: boolean
  readonly at0: number
  readonly at1: number
}

function posterior({ successes, trials }: Arm, [priorAlpha, priorBeta]: BetaPrior): Posterior {
  const alpha = priorAlpha + successes
  const beta = priorBeta + trials - successes
  const mean = alpha + beta ? alpha / (alpha + beta) : 0.5
  const proper = alpha > 0 && beta > 0
  return { alpha, beta, mean, proper, at0: proper ? 0 : 1 - mean, at1: proper ? 0 : mean }
}

const chanceBelow = ({ alpha, beta }: { readonly alpha: number; readonly beta: number }, p: number, q: number): number => betaLower(p, alpha, beta, q)
