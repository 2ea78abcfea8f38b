import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FactsResponse } from '@omokit/core'
import { openStore, type Store } from '../src/index'
import { startPostgres, type TestPostgres, whyNoPostgres } from './support/postgres'
import { storeContract } from './support/store-contract'
import { chained, createWorld, order, viewed } from './support/world'

describe.skipIf(whyNoPostgres)(`on Postgres${whyNoPostgres ? ` (skipped: ${whyNoPostgres})` : ''}`, () => {
  let postgres: TestPostgres
  let store: Store
  beforeAll(async () => {
    postgres = await startPostgres()
    store = await openStore({ databaseUrl: postgres.url })
  })
  afterAll(async () => {
    await store.close()
    await postgres.close()
  })

  storeContract(() => store)

  test('eight hubs that open one empty database at once migrate it once', async () => {
    const url = await postgres.fresh()
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore({ databaseUrl: url, connections: 2 })))
    await Promise.all(stores.map((one) => one.prepareDay('2026-11-22')))
    const world = createWorld(stores[3] as Store)
    expect((await world.send(await world.key('secret'), { stream: 's', lane: 'observe', facts: [viewed(1)] })).facts.through).toBe(1)
    for (const one of stores) await one.close()
  })

  test('one batch sent eight times at once is stored once', async () => {
    const world = createWorld(store)
    const key = await world.key('terminal')
    const facts = chained(Array.from({ length: 40 }, (_, i) => order(`o${i}`)))
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.send(key, { stream: 'till', lane: 'trade', facts })))
    for (const answer of answers) expect(answer.facts).toEqual({ through: 40, except: [], server_time: world.clock.now } satisfies FactsResponse)
    const row = await store.tx(world.brand, (trx) => trx.selectFrom('streams').select(['stored', 'duplicates', 'forks']).where('brand', '=', world.brand).executeTakeFirst())
    expect(row).toEqual({ stored: 40, duplicates: 280, forks: 0 })
    const rows = await store.tx(world.brand, (trx) => trx.selectFrom('facts').select('seq').where('brand', '=', world.brand).execute())
    expect(rows.length).toBe(40)
  })

  test('batches of one stream that arrive in any order and at once leave no gap and no broken chain', async () => {
    const world = createWorld(store)
    const key = await world.key('terminal')
    const facts = chained(Array.from({ length: 60 }, (_, i) => order(`o${i}`)))
    const parts = [30, 0, 50, 10, 40, 20].map((at) => facts.slice(at, at + 10))
    await Promise.all(parts.map((part) => world.send(key, { stream: 'till', lane: 'trade', facts: part, head: 60 })))
    const row = await store.tx(world.brand, (trx) => trx.selectFrom('streams').select(['through', 'stored', 'settled']).where('brand', '=', world.brand).executeTakeFirst())
    expect(row).toEqual({ through: 60, stored: 60, settled: '[]' })
    expect(await store.tx(world.brand, (trx) => trx.selectFrom('findings').select('id').where('brand', '=', world.brand).execute())).toEqual([])
  })
})
