import { sql } from 'kysely'
import type { Trx } from '../store/store'

/** Quotes evaluated again. */
export interface ParityReport {
  readonly count: number
  readonly equal: number
  readonly different: number
  readonly notEvaluated: number
  /** Differences that nothing explains. */
  readonly mismatches: number
  /** The differences, newest first, at most 1,000. */
  readonly differences: readonly {
    readonly order: string
    readonly stream: string
    readonly seq: number
    readonly release: number
    readonly expected?: string
    readonly got: string
    readonly explainedBy?: string
    readonly note?: string
  }[]
}

/** Counts what came of evaluating receipts again, and lists what differed. */
export async function parityReport(trx: Trx, brand: string): Promise<ParityReport> {
  const counted = await sql<{ count: number; equal: number; different: number; mismatches: number }>`
    select count(*) as count, count(*) filter (where result = 'equal') as equal, count(*) filter (where result = 'different') as different,
      count(*) filter (where result = 'different' and explained_by is null) as mismatches
    from parity where brand = ${brand}`.execute(trx)
  const { count = 0, equal = 0, different = 0, mismatches = 0 } = counted.rows[0] ?? {}
  const rows = await trx
    .selectFrom('parity')
    .selectAll()
    .where('brand', '=', brand)
    .where('result', '=', 'different')
    .orderBy('checked_at', 'desc')
    .limit(1000)
    .execute()
  return {
    count,
    equal,
    different,
    notEvaluated: count - equal - different,
    mismatches,
    differences: rows.map((row) => ({
      order: row.order_id,
      stream: row.stream,
      seq: row.seq,
      release: row.release,
      ...(row.expected_seal === null ? {} : { expected: row.expected_seal }),
      got: row.got_seal,
      ...(row.explained_by === null ? {} : { explainedBy: row.explained_by }),
      ...(row.note === null ? {} : { note: row.note }),
    })),
  }
}
