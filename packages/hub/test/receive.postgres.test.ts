import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../src/index'
import type { ReceiveAnswer } from '../src/receive/take-received'
import { startPostgres, type TestPostgres, whyNoPostgres } from './support/postgres'
import { createWorld } from './support/world'

describe.skipIf(whyNoPostgres)(`receivers on Postgres, many at once${whyNoPostgres ? ` (skipped: ${whyNoPostgres})` : ''}`, () => {
  let postgres: TestPostgres
  let store: Store
  beforeAll(async () => {
    postgres = await startPostgres()
    store = await openStore({ databaseUrl: postgres.url, connections: 16 })
  }, 240_000)
  afterAll(async () => {
    await store?.close()
    await postgres?.close()
  })

  it('64 requests that share messages store each once, gapless and chained', async () => {
    const w = createWorld(store)
    const key = await w.key('secret')
    const consent = { consent: { categoryPreferences: { Analytics: true } } }
    const seen = (i: number) => ({ type: 'track', event: 'Product Viewed', messageId: `m${i}`, context: consent, properties: { sku: 'tea' } })
    const paid = (i: number) => ({
      type: 'track',
      event: 'Order Completed',
      messageId: `p${i}`,
      properties: { order_id: `o${i}`, currency: 'CNY', total: 19.99 },
    })
    // neighbours share a message of each lane, in another order
    const batches = Array.from({ length: 64 }, (_, i) => [seen(i), paid(i), paid(i + 1), seen(i + 1)]).map((batch, i) => ({
      batch: i % 2 ? batch.reverse() : batch,
    }))
    const answers = await Promise.all(batches.map((batch) => w.call('POST', '/v1/receive/segment', key, batch)))
    expect(answers.map(({ status }) => status)).toEqual(batches.map(() => 200))
    const sum = (field: 'taken' | 'duplicates'): number => answers.reduce((total, { body }) => total + (body as ReceiveAnswer)[field], 0)
    expect([sum('taken'), sum('duplicates')]).toEqual([130, 126])
    const streams = (await w.call('GET', '/v1/reports/streams', key)).body
    expect(streams).toMatchObject({
      totals: { streams: 2, stored: 130, missing: 0, forks: 0, refused: 0 },
      streams: [
        { stored: 65, through: 65, gaps: [] },
        { stored: 65, through: 65, gaps: [] },
      ],
    })
    expect((await w.call('GET', '/v1/reports/findings', key)).body).toMatchObject({ counts: {}, findings: [] })
    expect((await w.call('GET', '/v1/reports/orders', key)).body).toMatchObject({ orders: 65, net: 65 * 1999 })
    expect((await w.call('GET', '/v1/reports/received', key)).body).toMatchObject({ sources: { segment: { taken: 130, duplicates: 126, refused: {} } } })
  })
})
