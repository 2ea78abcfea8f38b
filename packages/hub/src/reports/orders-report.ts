import { sql } from 'kysely'
import type { Trx } from '../store/store'

/** Completed orders, each counted once by its number. Minor units. */
export interface OrdersReport {
  readonly orders: number
  readonly lines: number
  readonly members: number
  readonly net: number
  /** By who gives them. */
  readonly discounts: Readonly<Record<string, number>>
}

export async function ordersReport(trx: Trx, brand: string): Promise<OrdersReport> {
  const counted = await sql<{ orders: number; lines: number; members: number; net: number }>`
    select count(*) as orders, coalesce(sum(lines), 0)::bigint as lines, count(distinct member) as members, coalesce(sum(net), 0)::bigint as net
    from orders where brand = ${brand}`.execute(trx)
  const given = await sql<{ name: string; amount: number }>`
    select d.key as name, sum(d.value::bigint)::bigint as amount from orders, jsonb_each_text(discounts::jsonb) as d where brand = ${brand} group by d.key order by d.key`.execute(
    trx,
  )
  const { orders = 0, lines = 0, members = 0, net = 0 } = counted.rows[0] ?? {}
  return { orders, lines, members, net, discounts: Object.fromEntries(given.rows.map((row) => [row.name, row.amount])) }
}
