import type { ReceiptBody } from '@omokit/core'
import { holdRelease, type ReleaseTexts, type Row } from '@omokit/core/documents'
import { type Basket, quote, toRows } from '@omokit/rules'
import { compileRelease } from '@omokit/rules/release'
import { seal } from '@omokit/rules/seal'
import { tax } from '@omokit/rules/tax'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../src/index'
import { openMemoryStore } from './support/memory-store'
import { articles, createPublisher, type Publisher, tenOff } from './support/publisher'
import { chained, createWorld, noon, type World } from './support/world'

let store: Store
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())

const shopping: Basket = {
  currency: 'CNY',
  channel: 'till',
  storeId: '0042',
  lines: [
    { id: '1', sku: 'sku-00001', qty: 3 },
    { id: '2', sku: 'sku-00007', qty: 1 },
  ],
}

/** The receipt an honest till prints. */
function receipt(texts: ReleaseTexts, order: string, instant: number = noon, currency: string = 'CNY'): ReceiptBody {
  const basket: Basket = { ...shopping, currency }
  const book = compileRelease(holdRelease(texts, true), instant >= texts.signed.header.expiresAt * 1000, basket.currency, [tax])
  const priced = book.ok ? quote(book.value, basket, instant) : book
  if (!priced.ok) throw new Error(JSON.stringify(priced.issues))
  const { totals, points } = priced.value
  expect(totals.discount > 0).toBe(instant < texts.signed.header.expiresAt * 1000)
  return {
    receiptNo: `R-${order}`,
    order,
    release: texts.signed.header.version,
    instant,
    basket,
    seal: seal(priced.value),
    totals,
    points,
  }
}

interface Case {
  readonly w: World
  readonly publisher: Publisher
  readonly first: ReleaseTexts
  send(...bodies: unknown[]): Promise<void>
  findings(): Promise<unknown[]>
  parity(): Promise<unknown[]>
}

async function shop(): Promise<Case> {
  const w = createWorld(store)
  const publisher = await createPublisher(w)
  const key = await w.key('terminal', { storeId: '0042' })
  // published an hour before the receipts
  w.clock.now = noon - 3_600_000
  const first = await publisher.publish(1, articles(20))
  w.clock.now = noon
  let streams = 0
  return {
    w,
    publisher,
    first,
    async send(...bodies) {
      const facts = chained(bodies.map((body) => ({ kind: 'Receipt Issued', body, at: w.clock.now })))
      const answer = await w.send(key, { stream: `till-${++streams}`, lane: 'trade', facts })
      expect(answer.facts.except).toEqual([])
    },
    findings: () => store.tx(w.brand, (trx) => trx.selectFrom('findings').select(['code', 'subject']).where('brand', '=', w.brand).orderBy('id').execute()),
    parity: () =>
      store.tx(w.brand, (trx) =>
        trx.selectFrom('parity').select(['order_id', 'result', 'explained_by', 'note']).where('brand', '=', w.brand).orderBy('order_id').execute(),
      ),
  }
}

describe('evaluating a receipt again', () => {
  test('an honest receipt comes out equal and leaves no finding', async () => {
    const { send, findings, parity, first, w } = await shop()
    await send(receipt(first, 'a'), receipt(first, 'b'))
    expect(await findings()).toEqual([])
    expect(await parity()).toEqual(['a', 'b'].map((order_id) => ({ order_id, result: 'equal', explained_by: null, note: null })))
    const kept = await store.tx(w.brand, (trx) =>
      trx.selectFrom('receipts').select(['order_id', 'receipt_no', 'pay', 'store_id']).where('brand', '=', w.brand).orderBy('order_id').execute(),
    )
    // (101 × 3 + 107) less ten per cent
    expect(kept).toEqual(['a', 'b'].map((order_id) => ({ order_id, receipt_no: `R-${order_id}`, pay: 369, store_id: '0042' })))
  })

  test('a release that leaves its currency to the till is priced in the basket’s', async () => {
    const { send, findings, parity, publisher, w } = await shop()
    w.clock.now = noon - 3_000_000
    const texts = await publisher.publish(2, articles(20), { options: {} })
    w.clock.now = noon
    await send(receipt(texts, 'usd', noon, 'USD'), receipt(texts, 'cny'))
    expect(await findings()).toEqual([])
    expect(await parity()).toEqual(['cny', 'usd'].map((order_id) => ({ order_id, result: 'equal', explained_by: null, note: null })))
  })

  test('tax is priced again as the till priced it, and a changed tax is named', async () => {
    const { send, findings, parity, publisher, w } = await shop()
    w.clock.now = noon - 3_000_000
    const vat = toRows({ rules: [{ id: 'vat', kind: 'tax', percent: 8.875, mode: 'exclusive', per: 'bill' }] })
    const texts = await publisher.publish(2, articles(20), { books: { 'price/base': articles(20), 'rules/base': [...tenOff, ...vat] as unknown as Row[] } })
    w.clock.now = noon
    const honest = receipt(texts, 'a')
    // 369 × 8.875 ÷ 100 = 32.7
    expect(honest.totals).toMatchObject({ total: 369, tax: 33, taxAdded: 33, pay: 402 })
    const { totals } = honest
    await send(honest, { ...honest, order: 'b', receiptNo: 'R-b', totals: { ...totals, taxAdded: 0, pay: 369 } })
    expect(await findings()).toEqual([{ code: 'receipt-edited', subject: 'b' }])
    expect(await parity()).toMatchObject([{ result: 'equal' }, { result: 'different', explained_by: 'receipt-edited' }])
  })

  test('a receipt made with a release that had been replaced is named, and still prices as that release did', async () => {
    const { send, findings, parity, first, publisher, w } = await shop()
    await publisher.publish(2, articles(20, 500))
    w.clock.now += 30_000
    await send(receipt(first, 'in time', w.clock.now))
    w.clock.now += 60_000
    await send(receipt(first, 'too late', w.clock.now))
    expect(await findings()).toEqual([{ code: 'stale-release', subject: 'too late' }])
    expect(await parity()).toMatchObject([{ result: 'equal' }, { result: 'equal' }])
  })

  test('a newer release that is not valid yet, or is a pilot of other stores, makes nothing stale', async () => {
    const { send, findings, first, publisher, w } = await shop()
    await publisher.publish(2, articles(20, 500), { stores: ['0099'] })
    await publisher.publish(3, articles(20, 500), { validFrom: noon / 1000 + 3600, refreshAfter: noon / 1000 + 7200 })
    w.clock.now += 600_000
    await send(receipt(first, 'a', w.clock.now))
    expect(await findings()).toEqual([])
  })

  test('each way to edit a receipt is named as edited', async () => {
    const { send, findings, parity, first } = await shop()
    const edits: readonly [string, (body: ReceiptBody) => unknown][] = [
      ['pay', (body) => ({ ...body, totals: { ...body.totals, pay: body.totals.pay - 100 } })],
      [
        'total and pay',
        (body) => ({ ...body, totals: { ...body.totals, discount: body.totals.discount + 100, total: body.totals.total - 100, pay: body.totals.pay - 100 } }),
      ],
      ['points', (body) => ({ ...body, points: { ...body.points, earned: body.points.earned + 1 } })],
      ['a line', (body) => ({ ...body, basket: { ...body.basket, lines: body.basket.lines.slice(1) } })],
      ['the seal', (body) => ({ ...body, seal: { ...body.seal, hash: 'A'.repeat(43) } })],
      ['the release', (body) => ({ ...body, release: 99 })],
      ['a total, without the seal text', (body) => ({ ...body, seal: { hash: body.seal.hash }, totals: { ...body.totals, pay: 1 } })],
    ]
    await send(...edits.map(([order, edit]) => edit(receipt(first, order))))
    const orders = edits.map(([order]) => order).sort()
    expect(await findings()).toEqual(orders.map((subject) => ({ code: 'receipt-edited', subject })))
    expect(await parity()).toMatchObject(orders.map((order_id) => ({ order_id, result: 'different', explained_by: 'receipt-edited' })))
  })

  test('a consistent receipt that another evaluator would price otherwise stays unexplained', async () => {
    const { send, findings, parity, publisher } = await shop()
    const other = await publisher.build(1, articles(20, 300), { previous: undefined as never })
    await send(receipt(other, 'a'))
    expect(await findings()).toEqual([{ code: 'seal-mismatch', subject: 'a' }])
    expect(await parity()).toEqual([{ order_id: 'a', result: 'different', explained_by: null, note: 'totals.gross' }])
  })

  test('a consistent receipt of a release nobody published stays unexplained', async () => {
    const { send, findings, publisher } = await shop()
    await send(receipt(await publisher.build(9, articles(20)), 'a'))
    expect(await findings()).toEqual([{ code: 'seal-mismatch', subject: 'a' }])
  })

  test('after expiry list prices without promotions are what a till should have charged', async () => {
    const { send, findings, parity, first, w } = await shop()
    w.clock.now = first.signed.header.expiresAt * 1000 + 5000
    await send(receipt(first, 'a', w.clock.now))
    expect(await findings()).toEqual([])
    expect(await parity()).toMatchObject([{ result: 'equal' }])
  })

  test('a training receipt is kept and not judged', async () => {
    const { findings, parity, first, w } = await shop()
    const body = { ...receipt(first, 'a'), totals: { ...receipt(first, 'a').totals, pay: 1 } }
    const facts = chained([{ kind: 'Receipt Issued', body, place: { channel: 'till', storeId: '0042', training: true } }])
    await w.send(await w.key('terminal'), { stream: 'lesson', lane: 'trade', facts })
    expect([await findings(), await parity()]).toEqual([[], []])
    expect(await store.tx(w.brand, (trx) => trx.selectFrom('receipts').select('training').where('brand', '=', w.brand).execute())).toEqual([{ training: true }])
  })

  test('a receipt body that is none is refused, and a hostile basket is a difference, not a fault', async () => {
    const { first, w, send, findings } = await shop()
    const sound = receipt(first, 'a')
    const bodies = [{}, { ...sound, receiptNo: 'a\u0000' }, { ...sound, totals: { ...sound.totals, pay: 1e14 } }, { ...sound, seal: { hash: 'short' } }]
    const facts = chained(bodies.map((body) => ({ kind: 'Receipt Issued', body })))
    const answer = await w.send(await w.key('terminal'), { stream: 'bad', lane: 'trade', facts })
    expect(answer.facts.except.map((one) => one.code)).toEqual(['invalid', 'invalid', 'not-an-amount', 'invalid'])
    await send({ ...sound, order: 'h1', seal: { hash: sound.seal.hash }, basket: { ...sound.basket, lines: [{ id: { a: 1 }, sku: [], qty: 'x' }] } })
    await send({ ...sound, order: 'h2', seal: { hash: sound.seal.hash }, basket: { ...sound.basket, heightOfCustomer: 180 } })
    expect(await findings()).toEqual([
      { code: 'seal-mismatch', subject: 'h1' },
      { code: 'seal-mismatch', subject: 'h2' },
    ])
  })

  test('a brand that publishes no releases has its receipts kept, not judged', async () => {
    const { first } = await shop()
    const w = createWorld(store)
    await w.send(await w.key('terminal'), { stream: 't', lane: 'trade', facts: chained([{ kind: 'Receipt Issued', body: receipt(first, 'a') }]) })
    const rows = await store.tx(w.brand, (trx) => trx.selectFrom('parity').select(['result', 'note']).where('brand', '=', w.brand).execute())
    expect(rows).toEqual([{ result: 'not-evaluated', note: 'no-release' }])
  })
})
