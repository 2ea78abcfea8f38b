import type { FactBody, ReceiptBody } from '@omokit/core'
import { sql } from 'kysely'
import type { FactConsumer, TakenFact } from '../facts/consumer'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'
import { earnPoints, type NegativePolicy, returnPoints } from './points'

/** The one lot of an order whose receipt says how many points it earned, not which line earned them. */
const whole = '*'

/**
 * Points from facts: a receipt credits what it says was earned, once for its order; a refund takes back the same share of
 * them as of the money. A unit of the lot is one minor unit of what was paid.
 */
export function pointsConsumer(negative: NegativePolicy = 'debt'): FactConsumer {
  return {
    kinds: ['Receipt Issued', 'Order Refunded'],
    async take(trx, brand, facts) {
      for (const taken of facts) {
        if (taken.fact.place?.training) continue
        if (taken.fact.kind === 'Receipt Issued') await earn(trx, brand, taken, negative)
        else await refund(trx, brand, taken, negative)
      }
    },
  }
}

async function earn(trx: Trx, brand: string, { fact, receivedAt }: TakenFact, negative: NegativePolicy): Promise<void> {
  const { member, order, points, totals } = fact.body as ReceiptBody
  if (member === undefined || points.earned === 0) return
  await earnPoints(
    trx,
    brand,
    receivedAt,
    { member, order, points: points.earned, lines: [{ line: whole, weight: 1, units: Math.max(1, totals.pay) }] },
    negative,
  )
}

/** A refund may name its `returnDocument`; then it counts once however many channels tell it. */
async function refund(trx: Trx, brand: string, { fact, stream, seq, receivedAt }: TakenFact, negative: NegativePolicy): Promise<void> {
  const read = refundOf(fact.body)
  if (!read) return
  const { order, total, document = `${stream}.${seq}` } = read
  const member = read.member ?? (await memberOfOrder(trx, brand, order))
  if (member !== undefined) await returnPoints(trx, brand, receivedAt, { member, order, document, lines: [{ line: whole, units: total }] }, negative)
}

interface Refund {
  readonly order: string
  readonly total: number
  readonly document?: string
  readonly member?: string
}

/** What a refund must say for points to follow; a body that says less takes none back. */
function refundOf(body: FactBody): Refund | undefined {
  const { order, total, returnDocument, member } = body
  if (typeof order !== 'string' || !Number.isSafeInteger(total) || (total as number) <= 0) return undefined
  return {
    order,
    total: total as number,
    ...(typeof returnDocument === 'string' ? { document: returnDocument } : {}),
    ...(typeof member === 'string' ? { member } : {}),
  }
}

async function memberOfOrder(trx: Trx, brand: string, order: string): Promise<string | undefined> {
  const found = await sql<{ member: string }>`
    select member from receipts where brand = ${brand} and bucket = ${bucketOf(order)} and order_id = ${order} and member is not null limit 1`.execute(trx)
  return found.rows[0]?.member
}
