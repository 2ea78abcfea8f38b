import { accept, check, checkEach, type Refusal, type Result } from '../result'
import type { ScoredCustomer } from './score-rfm'

/** A named box of scores; ranges are [lowest, highest], both within. */
export interface RfmSegment {
  readonly name: string
  readonly recency: readonly [number, number]
  readonly frequency: readonly [number, number]
  readonly monetary: readonly [number, number]
}

export interface SegmentRow {
  readonly segment: string
  readonly customers: number
  /** Sum of frequency. */
  readonly orders: number
  /** Sum of monetary, minor units. */
  readonly revenue: number
}

/**
 * Counts customers by segment: each belongs to the first whose three ranges hold its scores, else to `otherwise`.
 *
 * @returns segments with at least one customer, in the order given, `otherwise` last
 */
export function rfmSegments(customers: readonly ScoredCustomer[], segments: readonly RfmSegment[], otherwise: string): Result<readonly SegmentRow[]> {
  const wrong = checkSegments(segments)
  if (wrong) return wrong
  const names = segments.map(({ name }) => name).concat(otherwise)
  const rows = new Map<string, { segment: string; customers: number; orders: number; revenue: number }>()
  for (const segment of names) rows.set(segment, { segment, customers: 0, orders: 0, revenue: 0 })
  for (const { r, f, m, frequency, monetary } of customers) {
    const row = rows.get((segments.find(holds(r, f, m)) || { name: otherwise }).name)
    if (!row) continue
    row.customers++
    row.orders += frequency
    row.revenue += monetary
  }
  return accept(Array.from(rows.values()).filter((row) => row.customers > 0))
}

/** What a table of segments promises and does not keep. */
export interface SegmentFaults {
  /** Segments no customer can ever be in: segments before them hold all their cells. */
  readonly unreachable: readonly string[]
  /** Of the 125 cells of scores those in no segment, as `rfm` digits: `511`. */
  readonly uncovered: readonly string[]
}

/** Looks for dead rules in a table of segments: the customers of a campaign nobody can receive are found before it is sent. */
export function lintSegments(segments: readonly RfmSegment[]): Result<SegmentFaults> {
  const wrong = checkSegments(segments)
  if (wrong) return wrong
  const met = segments.map(() => false)
  const uncovered: string[] = []
  for (let cell = 0; cell < 125; cell++) {
    const [r, f, m] = [1 + Math.floor(cell / 25), 1 + (Math.floor(cell / 5) % 5), 1 + (cell % 5)] as const
    const first = segments.findIndex(holds(r, f, m))
    if (first < 0) uncovered.push(`${r}${f}${m}`)
    else met[first] = true
  }
  return accept({ unreachable: segments.filter((_, i) => !met[i]).map(({ name }) => name), uncovered })
}

const holds =
  (r: number, f: number, m: number) =>
  ({ recency, frequency, monetary }: RfmSegment): boolean =>
    within(r, recency) && within(f, frequency) && within(m, monetary)

const within = (score: number, [low, high]: readonly [number, number]): boolean => score >= low && score <= high

const checkSegments = (segments: readonly RfmSegment[]): Refusal | undefined =>
  checkEach('segments', segments, (segment) => {
    const range = (field: 'recency' | 'frequency' | 'monetary'): Refusal | undefined =>
      check(field, segment[field][0], segment[field][0] <= segment[field][1], '[lowest, highest]')
    return range('recency') || range('frequency') || range('monetary')
  })
