import { integrateUnit } from '../distributions/integrate'
import { betaLower } from '../distributions/beta'
import { logBeta, logGamma } from '../distributions/stirling'
import { accept, below, check, checkCount, type Refusal, type Result } from '../result'

/**
 * Parameters of BG/NBD, all above 0: customers buy at rates that are gamma distributed (`r`, `alpha`, the latter in units of
 * time) and leave after a purchase with chances that are beta distributed (`a`, `b`).
 */
export interface BgNbd {
  readonly r: number
  readonly alpha: number
  readonly a: number
  readonly b: number
}

/** What is known of one customer; times in the unit the parameters were found in, weeks as a rule. */
export interface PurchaseHistory {
  /** Repeat purchases: the first one is not counted. */
  readonly repeats: number
  /** Time from the first purchase to the last; 0 without repeats. */
  readonly last: number
  /** Time from the first purchase to the day looked from. */
  readonly age: number
}

/**
 * The chance that a customer will buy again; exactly 1 without repeats, since this model lets nobody leave before one.
 * P. Fader, B. Hardie, "Counting your customers the easy way: computing P(alive) using the BG/NBD model", 2008.
 */
export function bgNbdAlive(model: BgNbd, history: PurchaseHistory): Result<number> {
  const wrong = checkBgNbd(model) || below('history', checkHistory(history))
  return wrong || accept(alive(model, history))
}

/**
 * Repeat purchases to expect of a new customer within `time` of the first purchase.
 * P. Fader, B. Hardie, K. Lee, "Counting your customers the easy way: an alternative to the Pareto/NBD model", 2005, (9).
 */
export function bgNbdExpected(model: BgNbd, time: number): Result<number> {
  const wrong = checkBgNbd(model) || check('time', time, time >= 0, '>= 0')
  return wrong || accept(expected(model, time))
}

/** Purchases to expect of a known customer within `time` from the day looked from; the same paper, (10). */
export function bgNbdFuture(model: BgNbd, history: PurchaseHistory, time: number): Result<number> {
  const wrong = checkBgNbd(model) || below('history', checkHistory(history)) || check('time', time, time >= 0, '>= 0')
  if (wrong) return wrong
  const { r, alpha, a, b } = model
  const { repeats, age } = history
  return accept(alive(model, history) * expected({ r: r + repeats, alpha: alpha + age, a, b: b + repeats }, time))
}

/** The chance that a new customer makes exactly `repeats` repeat purchases within `time`; the same paper, (8). */
export function bgNbdChance(model: BgNbd, time: number, repeats: number): Result<number> {
  const wrong = checkBgNbd(model) || check('time', time, time >= 0, '>= 0') || checkCount('repeats', repeats)
  if (wrong) return wrong
  const { r, alpha, a, b } = model
  const bought = time / (alpha + time)
  const left = alpha / (alpha + time)
  const still = logBeta(a, b + repeats) - logBeta(a, b)
  if (!repeats) return accept(Math.exp(still + r * Math.log(left)))
  const exactly = logGamma(r + repeats) - logGamma(r) - logGamma(repeats + 1) + r * Math.log(left) + repeats * Math.log(bought)
  const leaving = logBeta(a + 1, b + repeats - 1) - logBeta(a, b)
  // 1 − the sum of a negative binomial, as a tail of its own: no digits are lost when it is small
  return accept(Math.exp(still + exactly) + Math.exp(leaving) * betaLower(bought, repeats, r, left))
}

function alive({ r, alpha, a, b }: BgNbd, { repeats, last, age }: PurchaseHistory): number {
  return repeats ? 1 / (1 + (a / (b + repeats - 1)) * Math.exp((r + repeats) * Math.log((alpha + age) / (alpha + last)))) : 1
}

/**
 * The mean over p of (1 − (alpha / (alpha + p time))^r) / p. Equal to the paper's form with the Gaussian hypergeometric
 * function, but without its 0/0 at a = 1 and its slow series for long times.
 */
function expected({ r, alpha, a, b }: BgNbd, time: number): number {
  const scale = logBeta(a, b)
  return integrateUnit(
    // what is small is divided by p before what is large is multiplied: with a near 0 the product would overflow
    (p, q) => (-Math.expm1(-r * Math.log1p((p * time) / alpha)) / p) * Math.exp((a - 1) * Math.log(p) + (b - 1) * Math.log(q) - scale),
    [a / (a + b)],
  )
}

const checkBgNbd = ({ r, alpha, a, b }: BgNbd): Refusal | undefined =>
  check('model.r', r, r > 0, '> 0') || check('model.alpha', alpha, alpha > 0, '> 0') || check('model.a', a, a > 0, '> 0') || check('model.b', b, b > 0, '> 0')

/** What is wrong with a history, or nothing. */
export const checkHistory = ({ repeats, last, age }: PurchaseHistory): Refusal | undefined =>
  checkCount('repeats', repeats) || check('age', age, age >= 0, '>= 0') || check('last', last, last >= 0 && last <= age, '0..age')
