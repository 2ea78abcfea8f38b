import { normalQuantile } from '../distributions/normal'
import { accept, below, checkShare, type Result } from '../result'
import { checkArm, type Arm } from './arm'

export type Interval = readonly [low: number, high: number]

/**
 * Wilson's score interval of a rate, without continuity correction; sound for 0 of n and for small n, where p ± 2 errors is not.
 * E. B. Wilson, "Probable inference", 1927.
 */
export function wilson(arm: Arm, level = 0.95): Result<Interval> {
  const wrong = below('arm', checkArm(arm)) || checkShare('level', level)
  return wrong || accept(score(arm, level))
}

/** The difference of two rates, first less second, with R. Newcombe's hybrid score interval (1998, method 10). */
export function newcombe(first: Arm, second: Arm, level = 0.95): Result<{ readonly difference: number; readonly interval: Interval }> {
  const wrong = below('first', checkArm(first)) || below('second', checkArm(second)) || checkShare('level', level)
  if (wrong) return wrong
  const [p, q] = [first.successes / first.trials, second.successes / second.trials]
  const [l, u] = score(first, level)
  const [m, v] = score(second, level)
  const difference = p - q
  return accept({ difference, interval: [difference - Math.hypot(p - l, v - q), difference + Math.hypot(u - p, q - m)] })
}

function score({ successes, trials }: Arm, level: number): Interval {
  const z = normalQuantile((1 + level) / 2)
  const p = successes / trials
  const share = (z * z) / trials
  const middle = p + share / 2
  const half = z * Math.sqrt((p * (1 - p)) / trials + share / trials / 4)
  // the ends are known where nobody or everybody did it; a subtraction would leave 1e-17 there
  return [successes ? Math.max(0, (middle - half) / (1 + share)) : 0, successes < trials ? Math.min(1, (middle + half) / (1 + share)) : 1]
}
