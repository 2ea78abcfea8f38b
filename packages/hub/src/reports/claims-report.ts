import { sql } from 'kysely'
import type { Trx } from '../store/store'

/** Coupons that were claimed. */
export interface ClaimsReport {
  /** Items in being, whatever became of them. */
  readonly claims: number
  /** Distinct claim commands that were accepted. */
  readonly commands: number
  readonly members: number
  readonly coupons: number
  /** Distinct values of the coupons' label `merchant`. */
  readonly merchants: number
}

export async function claimsReport(trx: Trx, brand: string): Promise<ClaimsReport> {
  const items = await sql<{ claims: number; members: number; coupons: number }>`
    select count(*) as claims, count(distinct owner) filter (where owner like 'm:%') as members, count(distinct coupon) as coupons from items where brand = ${brand}`.execute(
    trx,
  )
  const commands = await sql<{ commands: number }>`
    select count(*) as commands from commands where brand = ${brand} and operation = 'claim' and (answer::jsonb ->> 'ok')::boolean`.execute(trx)
  const merchants = await sql<{ merchants: number }>`
    select count(distinct labels::jsonb ->> 'merchant') as merchants from coupons as c
    where brand = ${brand} and exists (select from items as i where i.brand = c.brand and i.coupon = c.id)`.execute(trx)
  const { claims = 0, members = 0, coupons = 0 } = items.rows[0] ?? {}
  return { claims, commands: commands.rows[0]?.commands ?? 0, members, coupons, merchants: merchants.rows[0]?.merchants ?? 0 }
}
