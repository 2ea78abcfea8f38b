import type { Fact, FactBody } from '@omokit/core'
import { sql } from 'kysely'
import type { FactConsumer, TakenFact } from '../facts/consumer'
import { isPlainText } from '../facts/plain-text'
import { bucketOf } from '../store/bucket'

/** `Order Completed`: an order counts once by its number, whoever tells it and however often. */
export function ordersConsumer(): FactConsumer {
  return {
    kinds: ['Order Completed'],
    check: (fact) => (isOrder(fact) ? undefined : 'invalid'),
    async take(trx, brand, facts) {
      const orders = facts.filter((taken) => !taken.fact.place?.training).map(orderRow)
      if (!orders.length) return
      await sql`
        insert into orders (brand, bucket, order_id, stream, seq, store_id, member, lines, net, discounts, at) select ${brand}, one.*
        from unnest(${orders.map((o) => bucketOf(o.order))}::smallint[], ${orders.map((o) => o.order)}::text[], ${orders.map((o) => o.stream)}::text[],
          ${orders.map((o) => o.seq)}::bigint[], ${orders.map((o) => o.store)}::text[], ${orders.map((o) => o.member)}::text[], ${orders.map((o) => o.lines)}::int[],
          ${orders.map((o) => o.net)}::bigint[], ${orders.map((o) => o.discounts)}::text[], ${orders.map((o) => o.at)}::bigint[]) as one
        on conflict do nothing`.execute(trx)
    },
  }
}

const orderOf = (body: FactBody): unknown => body['order'] ?? body['orderId']

function isOrder({ body }: Fact): boolean {
  const { member, total, lines } = body
  return (
    (orderOf(body) === undefined || isPlainText(orderOf(body), 128)) &&
    (member === undefined || isPlainText(member, 128)) &&
    (total === undefined || Number.isSafeInteger(total)) &&
    (lines === undefined || (Array.isArray(lines) && lines.length <= 5000 && lines.every((line) => typeof line === 'object' && line !== null)))
  )
}

interface Line {
  readonly net?: unknown
  readonly discounts?: unknown
}

function orderRow({ fact, stream, seq, correctedAt, receivedAt }: TakenFact): {
  readonly order: string
  readonly stream: string
  readonly seq: number
  readonly store: string | null
  readonly member: string | null
  readonly lines: number
  readonly net: number
  readonly discounts: string
  readonly at: number
} {
  const { body, place } = fact
  const lines = (body['lines'] ?? []) as readonly Line[]
  const discounts = Object.create(null) as Record<string, number>
  let net = 0
  for (const line of lines) {
    net += amount(line.net)
    if (typeof line.discounts !== 'object' || line.discounts === null) continue
    for (const [name, value] of Object.entries(line.discounts)) if (/^[a-z][a-zA-Z]{0,31}$/.test(name)) discounts[name] = (discounts[name] ?? 0) + amount(value)
  }
  return {
    // an order without a number is at least this fact
    order: (orderOf(body) as string | undefined) ?? `${stream}.${seq}`,
    stream,
    seq,
    store: place?.storeId ?? null,
    member: typeof body['member'] === 'string' ? body['member'] : null,
    lines: lines.length,
    net: lines.length ? net : amount(body['total']),
    discounts: JSON.stringify(discounts),
    at: correctedAt ?? receivedAt,
  }
}

const amount = (value: unknown): number => (Number.isSafeInteger(value) && Math.abs(value as number) <= 1e13 ? (value as number) : 0)
