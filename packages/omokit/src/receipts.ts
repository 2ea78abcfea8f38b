import { accept, codeOf, refuse, type Place, type Ports, type ReceiptBody, type Result } from '@omokit/core'
import type { Outbox } from '@omokit/core/outbox'
import type { Quote } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'
import { isAway } from './redeem'

/** A sale to be put on a receipt. */
export interface ReceiptDraft {
  readonly order: string
  readonly quote: Quote
  /** Coupons used up, as `redeem` answered them. */
  readonly redemptions?: readonly { readonly coupon: string; readonly item: string; readonly lease?: string }[]
  readonly tender?: readonly { readonly method: string; readonly amount: number }[]
  readonly member?: string
  /** Of a member whose code was read without the hub. */
  readonly memberHandle?: string
}

/** The numbered receipts of one till. */
export interface Receipts {
  /**
   * Numbers a receipt, seals it and puts it into the trade lane; when it answers ok, it is durable: print it. The same order
   * gives the same receipt again, also after a kill. Numbers are `storeId-workstationId-sequence` without gaps or repeats.
   * Issues: `quota`, `closed`, `too-large`, `unavailable`.
   */
  issue(draft: ReceiptDraft): Promise<Result<ReceiptBody>>
}

interface ReceiptsOptions {
  readonly ports: Pick<Ports, 'kv' | 'locks'>
  readonly outbox: Pick<Outbox, 'append' | 'readTrade'>
  /** Store and till, before the number. */
  readonly terminal: string
  readonly place: () => Place
}

/** The next number, and the receipt before it, which may have missed the journal in a crash. */
interface Counter {
  readonly next: number
  readonly open?: ReceiptBody
}

const key = 'till.receipts'
const remembered = 2000

export function createReceipts({ ports, outbox, terminal, place }: ReceiptsOptions): Receipts {
  const prefix = `${terminal}-`
  let issued: Map<string, ReceiptBody> | undefined
  /** The counter as this context left it. */
  let expected = 0

  /** The journal's receipts by order: it is the truth, the counter only runs ahead of it. */
  async function journal(): Promise<Map<string, ReceiptBody>> {
    const found = new Map<string, ReceiptBody>()
    for (const { fact } of await outbox.readTrade()) {
      const body = fact.body as ReceiptBody
      if (fact.kind === 'Receipt Issued' && String(body.receiptNo).indexOf(prefix) === 0) found.set(body.order, body)
    }
    return found
  }

  async function counter(): Promise<Counter> {
    try {
      const kept = JSON.parse((await ports.kv.get(key)) || '0') as Counter | 0 | null
      if (kept) return kept
    } catch {
      // damaged: the journal knows
    }
    return { next: 1 }
  }

  async function print(body: ReceiptBody, known: Map<string, ReceiptBody>): Promise<Result<ReceiptBody>> {
    try {
      await outbox.append({ kind: 'Receipt Issued', body, place: place() })
    } catch (error) {
      return refuse(codeOf(error) || 'unavailable', { path: 'outbox' })
    }
    known.set(body.order, body)
    if (known.size > remembered) known.delete(known.keys().next().value as string)
    return accept(body)
  }

  return {
    issue: (draft) =>
      ports.locks
        .hold('receipts', async (): Promise<Result<ReceiptBody>> => {
          const { next: counted, open } = await counter()
          // at the start, and when another page or process of this till was here meanwhile
          if (!issued || counted !== expected) issued = await journal()
          const known = issued
          const before = known.get(draft.order)
          if (before) return accept(before)
          let next = counted
          known.forEach(({ receiptNo }) => (next = Math.max(next, Number(receiptNo.slice(prefix.length)) + 1 || 0)))
          if (open && !known.has(open.order)) {
            // numbered before a crash and not found in the journal: it goes first
            const late = await print(open, known)
            if (!late.ok || open.order === draft.order) return late
          }
          const body = receiptOf(draft, `${prefix}${next}`)
          const write = (state: Counter): Promise<void> => {
            expected = state.next
            return ports.kv.set(key, JSON.stringify(state))
          }
          await write({ next: next + 1, open: body })
          const done = await print(body, known)
          // refused as a whole: nothing of it was stored, the number is free again
          if (!done.ok && !isAway(done)) await write({ next })
          return done
        })
        .catch((error) => refuse(codeOf(error) || 'unavailable', { path: 'receipts' })),
  }
}

function receiptOf({ order, quote, redemptions, tender, member, memberHandle }: ReceiptDraft, receiptNo: string): ReceiptBody {
  const { release, instant, basket, totals, points } = quote
  return {
    receiptNo,
    order,
    release,
    instant,
    basket,
    totals,
    points,
    seal: seal(quote),
    coupons: redemptions && redemptions.length ? redemptions.map(({ coupon, item, lease }) => ({ coupon, item, lease })) : undefined,
    tender,
    member,
    memberHandle,
  } as ReceiptBody
}
