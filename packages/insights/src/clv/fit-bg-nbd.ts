import { logGamma } from '../distributions/stirling'
import { accept, checkEach, refuse, type Result } from '../result'
import { totalOf } from '../total-of'
import { checkHistory, type BgNbd, type PurchaseHistory } from './bg-nbd'

export interface BgNbdFit extends BgNbd {
  /** Natural logarithm of the likelihood at its maximum. */
  readonly logLikelihood: number
}

/**
 * Finds the BG/NBD parameters under which the histories are most likely, without a penalty. Deterministic.
 * P. Fader, B. Hardie, K. Lee, "Counting your customers the easy way", 2005, (6); the search is that of J. Nelder and R. Mead,
 * 1965, in logarithms, begun anew until it gains nothing.
 *
 * @returns refused when the data has no maximum at all: nobody came back, or everybody is of one kind
 */
export function fitBgNbd(histories: readonly PurchaseHistory[]): Result<BgNbdFit> {
  const wrong = checkEach('histories', histories, checkHistory)
  if (wrong) return wrong
  if (!histories.some(({ repeats }) => repeats > 0)) return refuse('invalid', 'histories', 'nobody bought again', 'customers who did')
  const rows = grouped(histories)
  const mean = totalOf(histories.map(({ age }) => age)) / histories.length
  const start = [0, Math.log(mean), 0, 0]
  let best = search((at) => -logLikelihood(rows, at), start, 1)
  for (let round = 0; round < 20; round++) {
    const again = search((at) => -logLikelihood(rows, at), best.at, 0.3)
    const gained = best.value - again.value
    if (again.value <= best.value) best = again
    if (gained < 1e-9) break
  }
  const [r, alpha, a, b] = best.at.map(Math.exp) as [number, number, number, number]
  // where it still rises a million times away from any shop, the maximum is at infinity
  if (!best.at.every((log, i) => Math.abs(log - (start[i] as number)) < Math.log(1e6)))
    return refuse('invalid', 'histories', 'no maximum', 'more, or more different, customers')
  return accept({ r, alpha, a, b, logLikelihood: -best.value })
}

interface Row extends PurchaseHistory {
  count: number
}

/** Equal histories once, with their number: real data has few different ones. */
function grouped(histories: readonly PurchaseHistory[]): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const { repeats, last, age } of histories) {
    const key = `${repeats},${repeats ? last : 0},${age}`
    const row = rows.get(key)
    if (row) row.count++
    else rows.set(key, { repeats, last, age, count: 1 })
  }
  return Array.from(rows.values())
}

function logLikelihood(rows: readonly Row[], logs: readonly number[]): number {
  const [r, alpha, a, b] = logs.map(Math.exp) as [number, number, number, number]
  const shared = new Map<number, number>()
  const ofRepeats = (x: number): number => {
    let own = shared.get(x)
    if (own === undefined) {
      own = logGamma(b + x) - logGamma(b) + logGamma(a + b) - logGamma(a + b + x) + logGamma(r + x) - logGamma(r) + r * (logs[1] as number)
      shared.set(x, own)
    }
    return own
  }
  let sum = 0
  for (const { repeats: x, last, age, count } of rows) {
    const gone = x ? Math.log(a / (b + x - 1)) + (r + x) * Math.log((alpha + age) / (alpha + last)) : Number.NEGATIVE_INFINITY
    // ln(1 + e^gone), which overflows for none
    const either = gone > 0 ? gone + Math.log1p(Math.exp(-gone)) : Math.log1p(Math.exp(gone))
    sum += count * (ofRepeats(x) - (r + x) * Math.log(alpha + age) + either)
  }
  return sum
}

interface Point {
  readonly at: readonly number[]
  readonly value: number
}

/** The least value of f near `start`. */
function search(f: (at: readonly number[]) => number, start: readonly number[], size: number): Point {
  const point = (at: readonly number[]): Point => {
    const value = f(at)
    return { at, value: value === value ? value : Number.POSITIVE_INFINITY }
  }
  const order = (): unknown => corners.sort((one, other) => one.value - other.value)
  const corners = [point(start)].concat(start.map((_, i) => point(start.map((each, j) => (i === j ? each + size : each)))))
  order()
  for (let round = 0; round < 2000; round++) {
    const least = corners[0] as Point
    const most = corners[corners.length - 1] as Point
    const spread = Math.max(...most.at.map((each, i) => Math.abs(each - (least.at[i] as number))))
    if (most.value - least.value <= 1e-12 * Math.abs(least.value) && spread < 1e-7) break
    const centre = start.map((_, i) => corners.slice(0, -1).reduce((sum, { at }) => sum + (at[i] as number), 0) / start.length)
    const along = (by: number): Point => point(centre.map((each, i) => each + by * (each - (most.at[i] as number))))
    let next = along(1)
    if (next.value < least.value) {
      const further = along(2)
      if (further.value < next.value) next = further
    } else if (next.value >= (corners[corners.length - 2] as Point).value) {
      next = along(next.value < most.value ? 0.5 : -0.5)
      if (next.value >= most.value) {
        for (let i = 1; i < corners.length; i++) corners[i] = point((corners[i] as Point).at.map((each, j) => (each + (least.at[j] as number)) / 2))
        order()
        continue
      }
    }
    corners[corners.length - 1] = next
    order()
  }
  return corners[0] as Point
}
