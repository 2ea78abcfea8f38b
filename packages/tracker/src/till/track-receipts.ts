import type { FactRef, Place, ReceiptBody, Result } from '@omokit/core'
import type { Tracker } from '../tracker'
import { orderOf } from './order-of'

/** Options of {@link trackReceipts}. */
export interface ReceiptOptions {
  readonly tracker: Pick<Tracker, 'track'>
  /**
   * What is recorded of a receipt. Default both. Tills of `omokit/till` and `omokit/node` store `Receipt Issued` themselves: there
   * `['Order Completed']`.
   */
  readonly events?: readonly ('Receipt Issued' | 'Order Completed')[]
  /** Where the receipt was issued, when it is not the tracker's own place. */
  readonly place?: Place
}

/** Receipts of a till on their way to the hub. */
export interface ReceiptCapture {
  /**
   * Records a sealed receipt, or the answer of `issueReceipt` when it is ok; a refusal records nothing. The same receipt number once, as long as
   * this object lives; the hub counts an order once by its number in any case. Resolves with the addresses of what was stored.
   */
  record(receipt: ReceiptBody | Result<ReceiptBody>): Promise<readonly FactRef[]>
  /** From here on nothing is recorded. */
  off(): void
}

/**
 * Records what a till prints: `Receipt Issued` and `Order Completed` from one sealed receipt.
 *
 * @example
 * const receipts = trackReceipts({ tracker: till, events: ['Order Completed'] })
 * await receipts.record(await till.issueReceipt({ order: 'A-0001', quote }))
 */
export function trackReceipts({ tracker, events = ['Receipt Issued', 'Order Completed'], place }: ReceiptOptions): ReceiptCapture {
  const known = new Set<string>()
  let on = true
  return {
    async record(given) {
      const receipt = 'ok' in given ? (given.ok ? given.value : undefined) : given
      if (!on || !receipt) return []
      const detail = place && { place }
      const refs = events.map(async (event) => {
        const name = `${event} ${receipt.receiptNo}`
        if (known.has(name)) return undefined
        known.add(name)
        const ref = await (event === 'Receipt Issued' ? tracker.track(event, receipt, detail) : tracker.track(event, orderOf(receipt), detail))
        // what was not stored may be tried again
        if (!ref) known.delete(name)
        return ref
      })
      return (await Promise.all(refs)).filter((ref): ref is FactRef => ref !== undefined)
    },
    off: () => void (on = false),
  }
}
