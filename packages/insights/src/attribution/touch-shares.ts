import { accept, check, checkEach, refuse, type Result } from '../result'

/**
 * How a conversion is shared among the touches of its path:
 * - `first`, `last`: all to one touch; `linear`: equal parts;
 * - `position`: fixed shares to the first and the last touch, the rest in equal parts to those between (0.4 and 0.4 is the
 *   40/20/40 rule). Of two touches the first gets first / (first + last);
 * - `decay`: a touch weighs half as much for each `halfLifeMs` that lies between it and the conversion.
 */
export type AttributionModel =
  | { readonly kind: 'first' | 'last' | 'linear' }
  | { readonly kind: 'position'; readonly first: number; readonly last: number }
  | { readonly kind: 'decay'; readonly halfLifeMs: number }

/**
 * The share of each touch, in the order of the path; together 1.
 *
 * @param touches their number, or for `decay` the time from each to the conversion in milliseconds
 */
export function touchShares(touches: number | readonly number[], model: AttributionModel): Result<readonly number[]> {
  const ages = typeof touches === 'number' ? undefined : touches
  const n = typeof touches === 'number' ? touches : touches.length
  const equal = (parts: number): number[] => Array.from({ length: parts }, () => 1 / parts)
  const wrong = check('touches', n, n >= 1 && n % 1 === 0, 'at least 1')
  if (wrong) return wrong
  if (model.kind === 'position') {
    const { first, last } = model
    const bad =
      check('model.first', first, first >= 0, '0..1') || check('model.last', last, last >= 0 && first + last <= 1 + 1e-12, '0..1, with first at most 1')
    if (bad) return bad
    if (n === 1) return accept([1])
    if (n === 2) return first + last > 0 ? accept([first / (first + last), last / (first + last)]) : accept(equal(2))
    const middle = Math.max(0, (1 - first - last) / (n - 2))
    return accept(equal(n).map((_, i) => (i === 0 ? first : i === n - 1 ? last : middle)))
  }
  if (model.kind === 'decay') {
    const { halfLifeMs } = model
    const bad =
      check('model.halfLifeMs', halfLifeMs, halfLifeMs > 0, '> 0') ||
      (ages ? checkEach(ages, (age, i) => check(`ages.${i}`, age, age >= 0, '>= 0')) : refuse('invalid', 'ages', '', 'one of each touch'))
    if (bad || !ages) return bad as NonNullable<typeof bad>
    // counted from the youngest, so that a path of old touches only does not weigh nothing
    const youngest = Math.min(...ages)
    const weights = ages.map((age) => 2 ** ((youngest - age) / halfLifeMs))
    const sum = weights.reduce((all, weight) => all + weight, 0)
    return accept(weights.map((weight) => weight / sum))
  }
  const at = model.kind === 'first' ? 0 : n - 1
  return accept(model.kind === 'linear' ? equal(n) : equal(n).map((_, i) => (i === at ? 1 : 0)))
}
