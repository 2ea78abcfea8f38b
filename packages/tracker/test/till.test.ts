import type { ReceiptBody, Result } from '@omokit/core'
import { eventSchemas } from '@omokit/core/schema'
import { orderOf, trackReceipts } from '@omokit/tracker/till'
import { createTracker } from '@omokit/tracker'
import { describe, expect, it } from 'vitest'
import { recordingOutbox } from './recording-outbox'

const receipt: ReceiptBody = {
  receiptNo: '0001-1-7',
  order: 'A-0007',
  release: 3,
  instant: 1_780_000_000_000,
  basket: {
    currency: 'CNY',
    channel: 'till',
    storeId: '0001',
    lines: [
      { id: '1', sku: 'TEA006', qty: 2 },
      { id: '2', sku: 'APPLE', qty: 450, grams: 450 },
    ],
  },
  totals: { gross: 18_050, discount: 2000, shipping: 500, shippingDiscount: 500, total: 16_050, tax: 1846, rounding: 0, pay: 16_050 },
  points: { earned: 160, burned: 0 },
  seal: { hash: 'h' },
  coupons: [{ coupon: 'WELCOME20', item: 'i-1', lease: 'l-1' }],
  member: 'm-1',
}
const accepted = (value: ReceiptBody): Result<ReceiptBody> => ({ ok: true, value })

const desk = (): { readonly outbox: ReturnType<typeof recordingOutbox>; readonly tracker: ReturnType<typeof createTracker> } => {
  const outbox = recordingOutbox()
  const clock = { read: () => ({ now: 1, device: 1, mono: 1, source: 'device' }) as const, observe: () => undefined, floor: () => undefined }
  return { outbox, tracker: createTracker({ outbox, clock, who: () => ({ deviceShared: true }), may: () => true, place: { channel: 'till' } }) }
}
const sold = ({ outbox }: ReturnType<typeof desk>): unknown[] =>
  outbox.drafts.filter(({ kind }) => kind !== 'Session Started').map(({ kind, body, place }) => [kind, body['order'], place])

describe('a sealed receipt', () => {
  it('is an order with what was paid, taken off and taxed, as the contract wants it', () => {
    const body = orderOf(receipt)
    expect(body).toEqual({
      order: 'A-0007',
      release: 3,
      currency: 'CNY',
      total: 16_050,
      discount: 2500,
      shipping: 500,
      tax: 1846,
      coupons: ['WELCOME20'],
      member: 'm-1',
      products: [
        { sku: 'TEA006', quantity: 2 },
        { sku: 'APPLE', quantity: 1 },
      ],
    })
    expect(eventSchemas['Order Completed'].safeParse(body).success).toBe(true)
    const { member: _, coupons: _none, ...bare } = receipt
    expect(orderOf({ ...bare, totals: { gross: 1, discount: 0, shipping: 0, shippingDiscount: 0, total: 1, rounding: 0, pay: 1 } })).toEqual({
      order: 'A-0007',
      release: 3,
      currency: 'CNY',
      total: 1,
      products: body.products,
    })
  })

  it('is recorded once, receipt and order, and where it was issued', async () => {
    const till = desk()
    const receipts = trackReceipts({ tracker: till.tracker, place: { channel: 'till', storeId: '0001', training: true } })
    expect(await receipts.record(receipt)).toHaveLength(2)
    expect(await receipts.record(accepted(receipt))).toEqual([])
    const place = { channel: 'till', storeId: '0001', training: true }
    expect(sold(till)).toEqual([
      ['Receipt Issued', 'A-0007', place],
      ['Order Completed', 'A-0007', place],
    ])
  })

  it('adds the order alone where the till has stored the receipt itself; a refusal and an ended capture record nothing', async () => {
    const till = desk()
    const receipts = trackReceipts({ tracker: till.tracker, events: ['Order Completed'] })
    expect(await receipts.record({ ok: false, issues: [{ code: 'quota' }] })).toEqual([])
    await receipts.record(accepted(receipt))
    receipts.off()
    await receipts.record({ ...receipt, receiptNo: '0001-1-8', order: 'A-0008' })
    expect(sold(till)).toEqual([['Order Completed', 'A-0007', { channel: 'till' }]])
  })

  it('that could not be stored may be recorded again, and only what was missing', async () => {
    const asked: string[] = []
    let full = true
    const track = ((event: string) => {
      asked.push(event)
      return Promise.resolve(full && event === 'Order Completed' ? undefined : { stream: 's', seq: asked.length })
    }) as never
    const receipts = trackReceipts({ tracker: { track } })
    expect(await receipts.record(receipt)).toHaveLength(1)
    full = false
    expect(await receipts.record(receipt)).toHaveLength(1)
    expect(asked).toEqual(['Receipt Issued', 'Order Completed', 'Order Completed'])
  })
})
