import { sql } from 'kysely'
import type { Trx } from '../store/store'

/** Coupons that were used up. */
export interface RedemptionsReport {
  /** Items redeemed, online or by a till's journal, and not reversed as a whole. */
  readonly redeemed: number
  readonly members: number
  /** What tills accepted without asking: `conflict` went beyond the right, `exposure` is what it cost in minor units. */
  readonly offline: { readonly accepted: number; readonly conflict: number; readonly exposure: number }
  /** Items used up more often than once. */
  readonly over: number
  /** Commands that were refused, by the code of the first issue. */
  readonly refused: Readonly<Record<string, number>>
  /** By the value of the label asked for. */
  readonly groups: Readonly<Record<string, { readonly redeemed: number; readonly members: number }>>
}

const used = sql`state in ('redeemed', 'redeemed-provisional', 'conflict')`

/** @param by name of a coupon label to group by */
export async function redemptionsReport(trx: Trx, brand: string, by?: string): Promise<RedemptionsReport> {
  const counted = await sql<{ redeemed: number; members: number; over: number }>`
    select count(*) as redeemed, count(distinct owner) filter (where owner like 'm:%') as members, coalesce(sum(conflicts), 0)::bigint as over
    from items where brand = ${brand} and ${used}`.execute(trx)
  const offline = await sql<{ accepted: number; conflict: number; exposure: number }>`
    select count(*) filter (where state = 'accepted') as accepted, count(*) filter (where state = 'conflict') as conflict,
      coalesce(sum(amount) filter (where state = 'conflict'), 0)::bigint as exposure
    from redemptions where brand = ${brand}`.execute(trx)
  const refused = await sql<{ code: string; count: number }>`
    select answer::jsonb -> 'issues' -> 0 ->> 'code' as code, count(*) as count from commands
    where brand = ${brand} and not (answer::jsonb ->> 'ok')::boolean group by 1 order by 1`.execute(trx)
  const groups =
    by === undefined
      ? []
      : (
          await sql<{ name: string; redeemed: number; members: number }>`
            select c.labels::jsonb ->> ${by}::text as name, count(*) as redeemed, count(distinct i.owner) filter (where i.owner like 'm:%') as members
            from items as i join coupons as c on c.brand = i.brand and c.id = i.coupon
            where i.brand = ${brand} and i.${used} and c.labels is not null and c.labels::jsonb ? ${by}::text group by 1 order by 1`.execute(trx)
        ).rows
  const { redeemed = 0, members = 0, over = 0 } = counted.rows[0] ?? {}
  const { accepted = 0, conflict = 0, exposure = 0 } = offline.rows[0] ?? {}
  return {
    redeemed,
    members,
    offline: { accepted, conflict, exposure },
    over,
    refused: Object.fromEntries(refused.rows.map((row) => [row.code, row.count])),
    groups: Object.fromEntries(groups.map(({ name, ...counts }) => [name, counts])),
  }
}
