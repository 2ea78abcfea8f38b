import { sql } from 'kysely'
import type { Trx } from '../store/store'

/** Who is who, as the fold has it now. */
export interface PersonsReport {
  readonly persons: number
  /** Persons with a member id. */
  readonly members: number
  /** In order of their canonical id, at most 1,000. */
  readonly list: readonly { readonly canonical: string; readonly ids: readonly string[] }[]
  /** Give it as `after` to go on. */
  readonly next?: string
}

/** Persons of a brand, `limit` of them after the canonical id `after`. */
export async function personsReport(trx: Trx, brand: string, options: { readonly after?: string; readonly limit?: number } = {}): Promise<PersonsReport> {
  const limit = options.limit ?? 1000
  const counted = await sql<{ persons: number; members: number }>`
    select count(*) as persons, count(*) filter (where canonical like 'user:%') as members from persons where brand = ${brand}`.execute(trx)
  let listed = trx
    .selectFrom('persons')
    .select(['canonical', 'ids'])
    .where('brand', '=', brand)
    .orderBy('canonical')
    .limit(limit + 1)
  if (options.after !== undefined) listed = listed.where('canonical', '>', options.after)
  const rows = await listed.execute()
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    persons: counted.rows[0]?.persons ?? 0,
    members: counted.rows[0]?.members ?? 0,
    list: rows.slice(0, limit).map(({ canonical, ids }) => ({ canonical, ids: JSON.parse(ids) as string[] })),
    ...(last ? { next: last.canonical } : {}),
  }
}
