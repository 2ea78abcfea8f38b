import type { OfflineContract } from '@omokit/core'
import { sql } from 'kysely'
import { bucketOf } from '../store/bucket'
import type { Store, Trx } from '../store/store'

/** A coupon as the brand defined it. */
export interface CouponDefinition {
  readonly id: string
  readonly name: string
  /** The rule in the book that a presented coupon of this kind stands for. */
  readonly rule: string
  readonly total?: number
  readonly perMember?: number
  /** Milliseconds. */
  readonly validUntil?: number
  /** What a till may do under a lease without asking; false: nothing, the coupon needs the hub. Absent: what the lease allows. */
  readonly offline?: OfflineContract | false
  /** What reports group by: merchant, campaign. */
  readonly labels?: Readonly<Record<string, string>>
}

/** A definition and the number that changes with it. */
export interface VersionedDefinition {
  readonly version: number
  readonly definition: CouponDefinition
}

interface Row {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly rule: string
  readonly total: number | null
  readonly per_member: number | null
  readonly valid_until: number | null
  readonly offline: string | null
  readonly labels: string | null
}

/** Definitions by id with a memory: a claim made from an old one is answered `stale` by the store and read again. */
export interface CouponDefinitions {
  get(brand: string, id: string, fresh?: boolean): Promise<VersionedDefinition | undefined>
  /** This replica's own change is served at once; others learn by the version at their next claim. */
  forget(brand: string, id: string): void
}

/** Makes {@link CouponDefinitions} over a store. All that are asked for in one turn are read by one query. */
export function createCouponDefinitions(store: Store): CouponDefinitions {
  const memory = new Map<string, VersionedDefinition>()
  const asked = new Map<string, { readonly ids: Set<string>; readonly found: Promise<ReadonlyMap<string, VersionedDefinition>> }>()

  async function read(brand: string, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, VersionedDefinition>> {
    // whoever asks from here on is answered by a later query
    asked.delete(brand)
    const all = [...ids]
    const rows = await store.tx(brand, (trx) =>
      sql<Row>`select c.* from coupons c join unnest(${all.map(bucketOf)}::int[], ${all}::text[]) as one(bucket, id) on c.bucket = one.bucket and c.id = one.id
        where c.brand = ${brand}`.execute(trx),
    )
    const found = new Map<string, VersionedDefinition>()
    if (memory.size > 10_000) memory.clear()
    for (const row of rows.rows) {
      const made = { version: row.version, definition: definitionOf(row) }
      found.set(row.id, made)
      memory.set(`${brand}\n${row.id}`, made)
    }
    return found
  }

  return {
    async get(brand, id, fresh = false) {
      const known = fresh ? undefined : memory.get(`${brand}\n${id}`)
      if (known) return known
      let query = asked.get(brand)
      if (!query) {
        const ids = new Set<string>()
        query = { ids, found: Promise.resolve().then(() => read(brand, ids)) }
        asked.set(brand, query)
      }
      query.ids.add(id)
      return (await query.found).get(id)
    },
    forget: (brand, id) => void memory.delete(`${brand}\n${id}`),
  }
}

/** Every coupon that may be claimed at this time, in order of id. */
export async function claimableCoupons(trx: Trx, brand: string, now: number): Promise<readonly CouponDefinition[]> {
  const found = await sql<Row>`
    select * from coupons where brand = ${brand} and state = 'active' and (valid_until is null or valid_until > ${now}) order by id limit 1000`.execute(trx)
  return found.rows.map(definitionOf)
}

function definitionOf(row: Row): CouponDefinition {
  return {
    id: row.id,
    name: row.name,
    rule: row.rule,
    ...(row.total === null ? {} : { total: row.total }),
    ...(row.per_member === null ? {} : { perMember: row.per_member }),
    ...(row.valid_until === null ? {} : { validUntil: row.valid_until }),
    ...(row.offline === null ? {} : { offline: JSON.parse(row.offline) as OfflineContract | false }),
    ...(row.labels === null ? {} : { labels: JSON.parse(row.labels) as Record<string, string> }),
  }
}
