import { gapsUpTo, type Ranges } from '../facts/ranges'
import type { Trx } from '../store/store'

/** What is known of every stream of a brand. */
export interface StreamsReport {
  readonly streams: readonly StreamReport[]
  /** Over all streams, not only those listed. */
  readonly totals: {
    readonly streams: number
    readonly stored: number
    readonly duplicates: number
    readonly forks: number
    readonly refused: number
    readonly missing: number
  }
  /** Give it as `after` to go on. */
  readonly next?: string
}

export interface StreamReport {
  readonly stream: string
  readonly lane: string
  /** Highest number the device is known to have given out. The proof reaches this far and no farther. */
  readonly head: number
  readonly through: number
  readonly stored: number
  readonly duplicates: number
  readonly forks: number
  readonly refused: number
  /** Numbers up to the head that never came. */
  readonly gaps: Ranges
  /** Ranges the device stated as lost. */
  readonly lost: Ranges
  /** Count of `gaps`, without those a `Stream Ended` stated as deleted. */
  readonly missing: number
  readonly ended?: { readonly through: number; readonly purged: number }
  readonly seenAt: number
}

/** Heads, watermarks, gaps and forks, by name of the stream; `limit` of them after `after`. */
export async function streamsReport(trx: Trx, brand: string, options: { readonly after?: string; readonly limit?: number } = {}): Promise<StreamsReport> {
  const limit = options.limit ?? 1000
  const rows = await trx.selectFrom('streams').selectAll().where('brand', '=', brand).orderBy('stream').execute()
  const all = rows.map(reportOf)
  const listed = all.filter((one) => options.after === undefined || one.stream > options.after)
  const sum = (value: (one: StreamReport) => number): number => all.reduce((total, one) => total + value(one), 0)
  const last = listed.length > limit ? listed[limit - 1] : undefined
  return {
    streams: listed.slice(0, limit),
    totals: {
      streams: all.length,
      stored: sum((one) => one.stored),
      duplicates: sum((one) => one.duplicates),
      forks: sum((one) => one.forks),
      refused: sum((one) => one.refused),
      missing: sum((one) => one.missing),
    },
    ...(last ? { next: last.stream } : {}),
  }
}

interface Row {
  readonly stream: string
  readonly lane: string
  readonly head: number
  readonly through: number
  readonly settled: string
  readonly lost: string
  readonly stored: number
  readonly duplicates: number
  readonly forks: number
  readonly refused: number
  readonly ended_through: number | null
  readonly purged: number
  readonly seen_at: number
}

function reportOf(row: Row): StreamReport {
  const head = Math.max(row.head, row.ended_through ?? 0)
  const gaps = gapsUpTo({ through: row.through, above: JSON.parse(row.settled) as Ranges }, head)
  const absent = gaps.reduce((total, [from, to]) => total + to - from + 1, 0)
  return {
    stream: row.stream,
    lane: row.lane,
    head,
    through: row.through,
    stored: row.stored,
    duplicates: row.duplicates,
    forks: row.forks,
    refused: row.refused,
    gaps: gaps.slice(0, 100),
    lost: JSON.parse(row.lost) as Ranges,
    missing: Math.max(0, absent - row.purged),
    ...(row.ended_through === null ? {} : { ended: { through: row.ended_through, purged: row.purged } }),
    seenAt: row.seen_at,
  }
}
