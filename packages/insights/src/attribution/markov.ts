import { accept, check, refuse, type Result } from '../result'
import { totalOf } from '../total-of'
import { apportion } from './apportion'
import { checkJourneys, type ChannelCredit, type Journey } from './journey'

export interface MarkovChannel extends ChannelCredit {
  /** The share of all conversions that would be lost without the channel, 0..1. */
  readonly removalEffect: number
}

export interface MarkovAttribution {
  /** The chance that a path converts. */
  readonly base: number
  /** In the order of their names. */
  readonly channels: readonly MarkovChannel[]
}

export interface MarkovOptions {
  /** Whether paths that ended without a conversion count. Default true; without them `base` is 1 and rare channels gain. */
  readonly nulls?: boolean
}

const most = 1000

/**
 * First-order Markov attribution, solved exactly: no simulation, the same answer each time. Paths are transitions between
 * start, channels, conversion and null; the removal effect of a channel is the fall of the chance to convert when every way
 * into it leads to null and nothing else changes. Conversions and value are shared in proportion to it, value to the minor
 * unit. Work grows with the third power of the channels: at most 1,000.
 *
 * E. Anderl, I. Becker, F. von Wangenheim, J. Schumann, "Mapping the customer journey", 2016. One inverse of I − Q gives all
 * removal effects: who avoids c converts with P − P(reach c) P(convert from c).
 *
 * @returns refused when nothing converted: no channel can be credited then
 */
export function markov(journeys: readonly Journey[], { nulls: withNulls = true }: MarkovOptions = {}): Result<MarkovAttribution> {
  const wrong = checkJourneys(journeys)
  if (wrong) return wrong
  const rows = journeys
    .map(({ path, conversions = 1, value = 0, nulls = 0 }) => ({ path, conversions, value, count: conversions + (withNulls ? nulls : 0) }))
    .filter(({ count }) => count > 0)
  const converted = totalOf(rows.map(({ conversions }) => conversions))
  const none = check('journeys', converted, converted > 0, 'a conversion')
  if (none) return none
  const met = new Set<string>()
  for (const { path } of rows) for (const name of path) met.add(name)
  const names = Array.from(met).sort()
  const number = new Map(names.map((name, i) => [name, i]))
  const n = names.length
  if (n > most) return refuse('too-many', 'channels', n, most)

  const counts = Array.from({ length: n }, () => new Float64Array(n))
  const left = new Float64Array(n)
  const converting = new Float64Array(n)
  const begin = new Float64Array(n)
  let started = 0
  for (const { path, conversions, count } of rows) {
    let at = number.get(path[0] as string) as number
    ;(begin[at] as number) += count
    started += count
    for (let i = 1; i <= path.length; i++) {
      ;(left[at] as number) += count
      if (i === path.length) (converting[at] as number) += conversions
      else {
        const next = number.get(path[i] as string) as number
        ;((counts[at] as Float64Array)[next] as number) += count
        at = next
      }
    }
  }
  const visits = inverse(counts.map((row, i) => row.map((count, j) => (i === j ? 1 : 0) - count / (left[i] as number))))
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, each, i) => sum + each * (b[i] as number), 0)
  const direct = converting.map((count, i) => count / (left[i] as number))
  const chance = visits.map((row) => dot(row, direct))
  const base = dot(begin, Float64Array.from(chance)) / started
  const effects = visits.map((row, c) => {
    const reach = begin.reduce((sum, count, from) => sum + count * ((visits[from] as Float64Array)[c] as number), 0) / started / (row[c] as number)
    return Math.min(1, Math.max(0, (reach * (chance[c] as number)) / base))
  })
  const sum = totalOf(effects)
  const values = apportion(totalOf(rows.map(({ value }) => value)), effects)
  if (!values.ok) return values
  const channels = names.map((channel, i) => {
    const removalEffect = effects[i] as number
    return { channel, removalEffect, conversions: (converted * removalEffect) / sum, value: values.value[i] as number }
  })
  return accept({ base, channels })
}

/**
 * The inverse by Gauss and Jordan, in place. I − Q of an absorbing chain is an M-matrix with a dominant diagonal: it needs no
 * exchange of rows.
 */
function inverse(matrix: Float64Array[]): Float64Array[] {
  const n = matrix.length
  for (let k = 0; k < n; k++) {
    const pivot = matrix[k] as Float64Array
    const by = pivot[k] as number
    pivot[k] = 1
    for (let j = 0; j < n; j++) (pivot[j] as number) /= by
    for (let i = 0; i < n; i++) {
      const row = matrix[i] as Float64Array
      const times = row[k] as number
      if (i === k || !times) continue
      row[k] = 0
      for (let j = 0; j < n; j++) (row[j] as number) -= times * (pivot[j] as number)
    }
  }
  return matrix
}
