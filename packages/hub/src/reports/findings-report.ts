import { sql } from 'kysely'
import type { Trx } from '../store/store'

/** What the hub found, newest first. */
export interface FindingsReport {
  readonly findings: readonly {
    readonly code: string
    readonly subject: string
    readonly stream?: string
    readonly seq?: number
    readonly detail: Readonly<Record<string, unknown>>
    readonly foundAt: number
  }[]
  /** Over all findings, not only those listed. */
  readonly counts: Readonly<Record<string, number>>
}

/** Findings of a brand, of one code when it is given; at most 1,000 are listed. */
export async function findingsReport(trx: Trx, brand: string, code?: string): Promise<FindingsReport> {
  let listed = trx.selectFrom('findings').selectAll().where('brand', '=', brand).orderBy('found_at', 'desc').orderBy('id').limit(1000)
  if (code !== undefined) listed = listed.where('code', '=', code)
  const counts = await sql<{
    code: string
    count: number
  }>`select code, count(*) as count from findings where brand = ${brand} group by code order by code`.execute(trx)
  return {
    findings: (await listed.execute()).map((row) => ({
      code: row.code,
      subject: row.subject,
      ...(row.stream === null ? {} : { stream: row.stream }),
      ...(row.seq === null ? {} : { seq: row.seq }),
      detail: JSON.parse(row.detail) as Record<string, unknown>,
      foundAt: row.found_at,
    })),
    counts: Object.fromEntries(counts.rows.map((row) => [row.code, row.count])),
  }
}
