import { sql } from 'kysely'
import type { Trx } from '../store/store'

/** Messages of other trackers, by where they came from. */
export interface ReceivedReport {
  readonly sources: Readonly<Record<string, ReceivedSource>>
}

export interface ReceivedSource {
  readonly taken: number
  /** Messages that came again and changed nothing. */
  readonly duplicates: number
  /** Messages that were refused and have not been taken since, by code. */
  readonly refused: Readonly<Record<string, number>>
  /** Taken under names omokit has no kind for. */
  readonly unknown: Readonly<Record<string, number>>
}

export async function receivedReport(trx: Trx, brand: string): Promise<ReceivedReport> {
  const rows = await sql<{ source: string; code: string | null; unknown: string | null; count: number; copies: number }>`
    select source, code, case when kind like 'x:%' then name end as unknown, count(*) as count, coalesce(sum(copies), 0)::bigint as copies
    from received where brand = ${brand} group by 1, 2, 3 order by 1, 2, 3`.execute(trx)
  const sources: Record<string, { taken: number; duplicates: number; refused: Record<string, number>; unknown: Record<string, number> }> = {}
  for (const { source, code, unknown, count, copies } of rows.rows) {
    sources[source] ??= {
      taken: 0,
      duplicates: 0,
      refused: Object.create(null) as Record<string, number>,
      unknown: Object.create(null) as Record<string, number>,
    }
    const one = sources[source]
    one.duplicates += copies
    if (code !== null) one.refused[code] = (one.refused[code] ?? 0) + count
    else {
      one.taken += count
      if (unknown !== null) one.unknown[unknown] = (one.unknown[unknown] ?? 0) + count
    }
  }
  return { sources }
}
