import { accept, check, checkCount, checkEach, refuse, type Refusal, type Result } from '../result'
import { totalOf } from '../total-of'

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

// a longer path is a mistake, and more than some engines take as arguments
const most = 10_000

/**
 * The share of each touch, in the order of the path; together 1.
 *
 * @param touches their number, or for `decay` the time from each to the conversion in milliseconds
 */
export function touchShares(touches: number | readonly number[], model: AttributionModel): Result<readonly number[]> {
  const ages = typeof touches === 'number' ? undefined : touches
  const n = ages ? ages.length : (touches as number)
  const wrong = checkCount('touches', n, 1, most) || checkModel(model, ages)
  if (wrong) return wrong
  // counted from the youngest, so that a path of old touches only does not weigh nothing
  const youngest = ages ? Math.min(...ages) : 0
  const weights: number[] = []
  for (let i = 0; i < n; i++) {
    const [isFirst, isLast] = [i === 0, i === n - 1]
    if (model.kind === 'first') weights.push(isFirst ? 1 : 0)
    else if (model.kind === 'last') weights.push(isLast ? 1 : 0)
    else if (model.kind === 'position' && n > 1)
      weights.push(isFirst ? model.first : isLast ? model.last : Math.max(0, (1 - model.first - model.last) / (n - 2)))
    else if (model.kind === 'decay') weights.push(2 ** ((youngest - ((ages as readonly number[])[i] as number)) / model.halfLifeMs))
    else weights.push(1)
  }
  const sum = totalOf(weights)
  // two touches of a rule that has nothing for either share alike
  return accept(weights.map((weight) => (sum ? weight / sum : 1 / n)))
}

const checkModel = (model: AttributionModel, ages: readonly number[] | undefined): Refusal | undefined =>
  model.kind === 'position'
    ? check('model.first', model.first, model.first >= 0, '0..1') ||
      check('model.last', model.last, model.last >= 0 && model.first + model.last <= 1 + 1e-12, '0..1, with first at most 1')
    : model.kind === 'decay'
      ? check('model.halfLifeMs', model.halfLifeMs, model.halfLifeMs > 0, '> 0') ||
        (ages ? checkEach('ages', ages, (age) => check('', age, age >= 0, '>= 0')) : refuse('invalid', 'ages', '', 'one for each touch'))
      : ['first', 'last', 'linear'].indexOf(model.kind) < 0
        ? refuse('invalid', 'model.kind', model.kind, 'first, last, linear, position or decay')
        : undefined
