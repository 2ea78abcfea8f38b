import type { ReceiptBody, Result } from '@omokit/core'
import { refuse } from '@omokit/core'
import { holdRelease } from '@omokit/core/documents'
import type { CompiledBook } from '@omokit/rules'
import { compileRelease } from '@omokit/rules/release'
import { tax } from '@omokit/rules/tax'
import { queueForBus } from '../bus/bus-outbox'
import type { FactConsumer, TakenFact } from '../facts/consumer'
import type { ReleaseCache } from '../releases/release-cache'
import { isFor, type ReleaseHead, releaseHeads } from '../releases/stored-release'
import { type Finding, recordFinding } from '../reports/finding'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'
import { checkReceipt, type Verdict } from './check-receipt'
import { receiptSchema } from './receipt-schema'

export interface ReceiptsOptions {
  readonly releases: ReleaseCache
  /** Milliseconds a till has to fetch a release: `HubLimits.staleRelease`. */
  readonly fetchTime: number
  /** Receipts are also queued for a bus. */
  readonly bus: boolean
}

/** `Receipt Issued`: keeps the receipt, prices its basket again with the release it names, and reports what does not fit. */
export function receiptsConsumer(options: ReceiptsOptions): FactConsumer {
  const books = createBooks(options.releases)
  return {
    kinds: ['Receipt Issued'],
    check: (fact) => (receiptSchema.safeParse(fact.body).success ? undefined : 'invalid'),
    async take(trx, brand, facts) {
      const heads = await releaseHeads(trx, brand)
      for (const taken of facts) {
        await keepReceipt(trx, brand, taken)
        if (options.bus) {
          const payload = { stream: taken.stream, seq: taken.seq, body: taken.fact.body }
          await queueForBus(trx, brand, { topic: 'receipt', key: orderOf(taken), payload, at: taken.receivedAt })
        }
        // a training receipt is recorded and never counted
        if (!taken.fact.place?.training) await judge(trx, brand, taken, heads, books, options.fetchTime)
      }
    },
  }
}

const bodyOf = (taken: TakenFact): ReceiptBody => taken.fact.body as ReceiptBody
const orderOf = (taken: TakenFact): string => bodyOf(taken).order

async function keepReceipt(trx: Trx, brand: string, taken: TakenFact): Promise<void> {
  const body = bodyOf(taken)
  await trx
    .insertInto('receipts')
    .values({
      brand,
      bucket: bucketOf(body.order),
      order_id: body.order,
      stream: taken.stream,
      seq: taken.seq,
      store_id: storeOf(taken) ?? null,
      receipt_no: body.receiptNo,
      release: body.release,
      instant: body.instant,
      seal: body.seal.hash,
      total: body.totals.total,
      pay: body.totals.pay,
      points_earned: body.points.earned,
      points_burned: body.points.burned,
      member: body.member ?? null,
      training: taken.fact.place?.training === true,
      body: JSON.stringify(body),
      received_at: taken.receivedAt,
    })
    .execute()
}

const storeOf = (taken: TakenFact): string | undefined => taken.fact.place?.storeId ?? taken.from.key.storeId

async function judge(trx: Trx, brand: string, taken: TakenFact, heads: readonly ReleaseHead[], books: Books, fetchTime: number): Promise<void> {
  const body = bodyOf(taken)
  const { stream, seq, receivedAt } = taken
  const found = async (code: Finding['code'], detail: Record<string, unknown>): Promise<void> =>
    recordFinding(trx, brand, receivedAt, { code, subject: body.order, stream, seq, detail: { receiptNo: body.receiptNo, release: body.release, ...detail } })

  const newer = newerRelease(heads, body.release, taken.correctedAt, storeOf(taken), fetchTime)
  if (newer) await found('stale-release', { current: newer.version })

  const verdict: Verdict | undefined = heads.length ? checkReceipt(body, await books(trx, brand, body)) : undefined
  if (verdict?.code) await found(verdict.code, { note: verdict.note, expected: verdict.expected, got: body.seal.hash })
  await trx
    .insertInto('parity')
    .values({
      brand,
      bucket: bucketOf(body.order),
      order_id: body.order,
      stream,
      seq,
      release: body.release,
      result: verdict?.result ?? 'not-evaluated',
      expected_seal: verdict?.expected ?? null,
      got_seal: body.seal.hash,
      explained_by: verdict?.code === 'receipt-edited' ? verdict.code : null,
      note: verdict ? (verdict.note ?? null) : 'no-release',
      checked_at: receivedAt,
    })
    .execute()
}

/** A release that was out, valid and fetchable for this store when the receipt was made, and is newer than its own. */
function newerRelease(heads: readonly ReleaseHead[], used: number, at: number | null, store: string | undefined, fetchTime: number): ReleaseHead | undefined {
  if (at === null) return undefined
  return heads.find((head) => head.version > used && isFor(head, store) && Math.max(head.validFrom * 1000, head.publishedAt) + fetchTime <= at)
}

type Books = (trx: Trx, brand: string, receipt: ReceiptBody) => Promise<Result<CompiledBook>>

/** Compiled releases, the few used last. */
function createBooks(releases: ReleaseCache, size: number = 8): Books {
  const held = new Map<string, Result<CompiledBook>>()
  return async (trx, brand, { release, instant, basket }) => {
    const texts = await releases.load(trx, brand, release)
    if (!texts) return refuse('no-release', { have: release })
    const expired = instant >= texts.signed.header.expiresAt * 1000
    // a release may leave its currency to the till's own setting: the basket says which it was
    const name = `${brand} ${release} ${expired} ${basket.currency}`
    const known = held.get(name)
    if (known) return known
    const book = compileRelease(holdRelease(texts, true), expired, basket.currency, [tax])
    held.set(name, book)
    const oldest = held.keys().next().value
    if (held.size > size && oldest !== undefined) held.delete(oldest)
    return book
  }
}
