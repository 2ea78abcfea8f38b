import { sql } from 'kysely'
import { couponToken, noEnd } from '../authority/coupon-token'
import type { HubContext } from '../hub-context'
import type { Trx } from '../store/store'

/** A coupon in a member's wallet. */
export interface WalletCoupon {
  readonly item: string
  readonly coupon: string
  readonly code: string
  readonly state: string
  /** Milliseconds. */
  readonly expiresAt: number
  readonly token?: string
}

interface Row {
  readonly id: string
  readonly coupon: string
  readonly code: string
  readonly state: string
  readonly expires_at: number | null
  readonly held_until: number | null
}

/** The newest 500 coupons of a member; a hold that ran out counts as available, a coupon past its end as expired. */
export async function readWallet(trx: Trx, brand: string, member: string, now: number): Promise<readonly Row[]> {
  const found = await sql<Row>`
    select i.id, i.coupon, i.code, i.state, i.expires_at,
      (select max(h.reclaim_at) from holds h where h.brand = i.brand and h.kind = 'item' and h.right_id = i.id and h.state in ('held', 'leased')) as held_until
    from items i where i.brand = ${brand} and i.owner = ${`m:${member}`} order by i.issued_at desc, i.id limit 500`.execute(trx)
  return found.rows.map((row) => ({ ...row, state: stateOf(row, now) }))
}

/** Adds the tokens that a till can verify offline, for coupons that can still be used. */
export async function withTokens(
  context: Pick<HubContext, 'signer' | 'effects'>,
  brand: string,
  handle: string,
  rows: readonly Row[],
): Promise<readonly WalletCoupon[]> {
  return Promise.all(
    rows.map(async ({ id, coupon, code, state, expires_at }) => {
      const expiresAt = Math.min(expires_at ?? noEnd, noEnd)
      const usable = state === 'available' || state === 'held'
      const token = usable ? await couponToken({ brand, handle, coupon, item: id, expiresAt }, context.signer, context.effects) : undefined
      return { item: id, coupon, code, state, expiresAt, ...(token === undefined ? {} : { token }) }
    }),
  )
}

function stateOf(row: Row, now: number): string {
  const free = row.state === 'available' || (row.state === 'held' && (row.held_until === null || row.held_until <= now))
  if (!free) return row.state
  return row.expires_at !== null && row.expires_at <= now ? 'expired' : 'available'
}
