import { allocate } from '@omokit/core'
import { sql } from 'kysely'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'

/** Points an order earned, over its lines. */
export interface EarnedPoints {
  readonly member: string
  readonly order: string
  readonly points: number
  /** `weight`: what the points are shared by, usually the line's net amount. `units`: whole units that can be returned. */
  readonly lines: readonly { readonly line: string; readonly weight: number; readonly units: number }[]
  /** Milliseconds; absent: never. */
  readonly expiresAt?: number
}

/** Units of an order that came back. */
export interface ReturnedUnits {
  readonly member: string
  readonly order: string
  /** The return document: counts once for each line. */
  readonly document: string
  readonly lines: readonly { readonly line: string; readonly units: number }[]
}

/** What happens to points that were spent before the goods came back. debt: the balance goes negative and later points pay it; forgive: the brand bears it. */
export type NegativePolicy = 'debt' | 'forgive'

/**
 * Credits an order's points, shared over its lines by largest remainder. Each line of an order is credited once, however
 * often its receipt comes; a return that came first is taken off at once. Answers the points credited now.
 */
export async function earnPoints(trx: Trx, brand: string, now: number, earned: EarnedPoints, negative: NegativePolicy = 'debt'): Promise<number> {
  const { member, order, points, lines, expiresAt } = earned
  const shares = allocate(
    points,
    lines.map((line) => line.weight),
  )
  // nothing to share by: the first line carries them all
  if (lines.length && lines.every((line) => line.weight === 0)) shares[0] = points
  const rows = lines.map(({ line, units }, i) => ({ line, units, points: shares[i] ?? 0 }))
  const done = await sql<{ credited: number }>`select omokit_points_earn(${brand}, ${now}, ${bucketOf(member)}, ${member}, ${order}, ${JSON.stringify(rows)},
    ${expiresAt ?? null}::bigint, ${negative === 'forgive'}) as credited`.execute(trx)
  return Number(done.rows[0]?.credited)
}

/** Takes back, pro rata, what returned units had earned. The same document twice changes nothing. Answers the points taken back now. */
export async function returnPoints(trx: Trx, brand: string, now: number, returned: ReturnedUnits, negative: NegativePolicy = 'debt'): Promise<number> {
  const { member, order, document, lines } = returned
  const done = await sql<{ clawed: number }>`select omokit_points_return(${brand}, ${now}, ${bucketOf(member)}, ${member}, ${order}, ${document},
    ${JSON.stringify(lines)}, ${negative === 'forgive'}) as clawed`.execute(trx)
  return Number(done.rows[0]?.clawed)
}

/** Points a member may spend now: lots in date, less what is held, less debt. Negative while points are owed. */
export async function pointsOf(trx: Trx, brand: string, now: number, member: string): Promise<number> {
  const bucket = bucketOf(member)
  const found = await sql<{ points: string | number }>`
    select (select coalesce(sum(remaining), 0) from lots where brand = ${brand} and bucket = ${bucket} and member = ${member} and (expires_at is null or expires_at > ${now}))
      - coalesce((select debt from accounts where brand = ${brand} and bucket = ${bucket} and member = ${member}), 0) as points`.execute(trx)
  return Number(found.rows[0]?.points ?? 0)
}
