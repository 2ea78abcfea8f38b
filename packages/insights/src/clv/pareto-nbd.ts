import { integrate } from '../distributions/integrate'
import { accept, below, check, type Refusal, type Result } from '../result'
import { checkHistory, type PurchaseHistory } from './bg-nbd'

/** Parameters of Pareto/NBD, all above 0: gamma distributed rates of buying (`r`, `alpha`) and of leaving (`s`, `beta`). */
export interface ParetoNbd {
  readonly r: number
  readonly alpha: number
  readonly s: number
  readonly beta: number
}

/**
 * Repeat purchases to expect of a new customer within `time`.
 * D. Schmittlein, D. Morrison, R. Colombo, "Counting your customers: who are they and what will they do next?", 1987.
 */
export function paretoNbdExpected(model: ParetoNbd, time: number): Result<number> {
  const wrong = checkParetoNbd(model) || check('time', time, time >= 0, '>= 0')
  return wrong || accept(expected(model, time))
}

/** The chance that a customer has not left; the same paper, by the integral its Gaussian hypergeometric function stands for. */
export function paretoNbdAlive(model: ParetoNbd, history: PurchaseHistory): Result<number> {
  const wrong = checkParetoNbd(model) || below('history', checkHistory(history))
  return wrong || accept(alive(model, history))
}

/** Purchases to expect of a known customer within `time` from the day looked from. */
export function paretoNbdFuture(model: ParetoNbd, history: PurchaseHistory, time: number): Result<number> {
  const wrong = checkParetoNbd(model) || below('history', checkHistory(history)) || check('time', time, time >= 0, '>= 0')
  if (wrong) return wrong
  const { r, alpha, s, beta } = model
  const { repeats, age } = history
  return accept(alive(model, history) * expected({ r: r + repeats, alpha: alpha + age, s, beta: beta + age }, time))
}

function expected({ r, alpha, s, beta }: ParetoNbd, time: number): number {
  const wait = Math.log1p(time / beta)
  // the limit of (1 − e^−(s−1)w) / (s − 1)
  return ((r * beta) / alpha) * (s === 1 ? wait : -Math.expm1((1 - s) * wait) / (s - 1))
}

function alive({ r, alpha, s, beta }: ParetoNbd, { repeats, last, age }: PurchaseHistory): number {
  const gone = integrate(
    (time) => Math.exp((r + repeats) * Math.log((alpha + age) / (alpha + time)) + s * Math.log((beta + age) / (beta + time))) / (beta + time),
    last,
    age,
  )
  return 1 / (1 + s * gone)
}

const checkParetoNbd = ({ r, alpha, s, beta }: ParetoNbd): Refusal | undefined =>
  check('model.r', r, r > 0, '> 0') ||
  check('model.alpha', alpha, alpha > 0, '> 0') ||
  check('model.s', s, s > 0, '> 0') ||
  check('model.beta', beta, beta > 0, '> 0')
