import type { Fact, RedemptionBody } from '@omokit/core'
import { sql } from 'kysely'
import type { FactConsumer } from '../facts/consumer'
import { recordFinding } from '../reports/finding'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'
import { itemOf } from './coupon-code'

/** What the merge of one `Coupon Redeemed` fact came to. */
export interface MergedRedemption {
  /** conflict: the right was used up by somebody else; the shop gave it away all the same and bears `amount`. */
  readonly state: 'accepted' | 'conflict'
  /** This redemption was known: nothing changed. */
  readonly duplicate: boolean
  readonly code?: string
  /** The till used up units that ordinary holds must leave. */
  readonly floor?: boolean
}

/** A `Coupon Redeemed` fact and where it stands in its journal. */
export interface OfflineRedemption {
  readonly body: RedemptionBody
  readonly stream: string
  readonly seq: number
  /** Milliseconds, corrected when possible. */
  readonly at: number
  readonly receivedAt: number
}

/**
 * Merges one redemption that a till journalled: idempotent by item and order, counted against its lease. What goes beyond
 * the lease and beyond the limit is kept as a conflict and reported as the finding `over-redeemed` with the amount.
 */
export async function applyOfflineRedemption(trx: Trx, brand: string, { body, stream, seq, at, receivedAt }: OfflineRedemption): Promise<MergedRedemption> {
  const item = itemOf(body.item)
  const input = {
    item,
    itemBucket: bucketOf(item),
    order: body.order,
    coupon: body.coupon,
    terminal: body.terminal,
    epoch: body.epoch,
    lease: body.lease,
    leaseBucket: body.lease === undefined ? undefined : bucketOf(body.lease),
    amount: body.amount,
    offline: body.offline,
    stream,
    seq,
    at,
  }
  const done = await sql<{ answer: string }>`select omokit_redeem_offline(${brand}, ${receivedAt}, ${JSON.stringify(input)}::jsonb) as answer`.execute(trx)
  const merged = JSON.parse(done.rows[0]?.answer as string) as MergedRedemption
  if (!merged.duplicate && (merged.state === 'conflict' || merged.floor))
    await recordFinding(trx, brand, receivedAt, {
      code: 'over-redeemed',
      subject: `${item}:${body.order}`,
      stream,
      seq,
      detail: {
        coupon: body.coupon,
        item,
        order: body.order,
        terminal: body.terminal,
        lease: body.lease,
        reason: merged.code ?? (merged.floor ? 'floor' : 'unknown'),
        exposure: merged.state === 'conflict' ? (body.amount ?? 0) : 0,
      },
    })
  return merged
}

/** Takes the `Coupon Redeemed` facts of the trade lane. Training receipts burn nothing. */
export function redemptionsConsumer(): FactConsumer {
  return {
    kinds: ['Coupon Redeemed'],
    check: (fact) => (isRedemption(fact.body) ? undefined : 'invalid'),
    async take(trx, brand, facts) {
      for (const { fact, stream, seq, correctedAt, receivedAt } of facts) {
        if (fact.place?.training) continue
        await applyOfflineRedemption(trx, brand, { body: fact.body as RedemptionBody, stream, seq, at: correctedAt ?? fact.at, receivedAt })
      }
    },
  }
}

function isRedemption(body: Fact['body']): boolean {
  const texts = [body['coupon'], body['item'], body['order'], body['terminal']]
  const optional = [body['lease'], body['epoch']]
  const { amount, offline } = body
  return (
    texts.every((text) => typeof text === 'string' && text.length > 0 && text.length <= 256) &&
    optional.every((text) => text === undefined || (typeof text === 'string' && text.length <= 256)) &&
    (amount === undefined || (Number.isSafeInteger(amount) && (amount as number) >= 0 && (amount as number) <= 1e13)) &&
    typeof offline === 'boolean'
  )
}
