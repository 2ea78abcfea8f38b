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
}

/** Makes {@link CouponDefinitions} over a store. */
export function createCouponDefinitions(store: Store): CouponDefinitions {
  const memory = new Map<string, VersionedDefinition>()
  return {
    async get(brand, id, fresh = false) {
      const name = `${brand}\n${id}`
      const known = fresh ? undefined : memory.get(name)
      if (known) return known
      const found = await store.tx(brand, (trx) =>
        sql<Row>`select * from coupons where brand = ${brand} and bucket = ${bucketOf(id)} and id = ${id}`.execute(trx),
      )
      const row = found.rows[0]
      if (!row) return undefined
      const made = { version: row.version, definition: definitionOf(row) }
      if (memory.size > 10_000) memory.clear()
      memory.set(name, made)
      return made
    },
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
