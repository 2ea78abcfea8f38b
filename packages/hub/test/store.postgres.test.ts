import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FactsResponse } from '@omokit/core'
import { resolve, type IdentityEvent } from '@omokit/identity/resolve'
import { drainBus, openStore, type Store } from '../src/index'
import { queueForBus } from '../src/bus/bus-outbox'
import { articles, createPublisher } from './support/publisher'
import { startPostgres, type TestPostgres, whyNoPostgres } from './support/postgres'
import { storeContract } from './support/store-contract'
import { chained, createWorld, noon, order, viewed } from './support/world'

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

  test('it is row-level security that hides other brands: without it the same query sees them', async () => {
    const url = await postgres.fresh()
    const own = await openStore({ databaseUrl: url, connections: 2 })
    const [mine, theirs] = [createWorld(own), createWorld(own)]
    for (const world of [mine, theirs]) await world.key('secret')
    const brands = () =>
      own.tx(mine.brand, async (trx) => (await sql<{ brand: string }>`select brand from keys order by brand`.execute(trx)).rows.map((row) => row.brand))
    expect(await brands()).toEqual([mine.brand])
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    await pool.query({ name: 'off', text: 'alter table keys disable row level security', values: [] })
    await pool.end()
    expect(await brands()).toEqual([mine.brand, theirs.brand].sort())
    await own.close()
  })

  test('one batch sent eight times at once is stored once', async () => {
    const world = createWorld(store)
    const key = await world.key('terminal')
    const facts = chained(Array.from({ length: 40 }, (_, i) => order(`o${i}`)))
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.send(key, { stream: 'till', lane: 'trade', facts })))
    for (const answer of answers) expect(answer.facts).toEqual({ through: 40, except: [], server_time: world.clock.now } satisfies FactsResponse)
    const row = await store.tx(world.brand, (trx) =>
      trx.selectFrom('streams').select(['stored', 'duplicates', 'forks']).where('brand', '=', world.brand).executeTakeFirst(),
    )
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
    const row = await store.tx(world.brand, (trx) =>
      trx.selectFrom('streams').select(['through', 'stored', 'settled']).where('brand', '=', world.brand).executeTakeFirst(),
    )
    expect(row).toEqual({ through: 60, stored: 60, settled: '[]' })
    expect(await store.tx(world.brand, (trx) => trx.selectFrom('findings').select('id').where('brand', '=', world.brand).execute())).toEqual([])
  })

  test('links that arrive at once by many connections give the persons of the plain fold', async () => {
    for (let round = 0; round < 4; round++) {
      const world = createWorld(store)
      const key = await world.key('secret')
      // chains of devices and members that all grow together while they are being joined
      const bodies = Array.from({ length: 40 }, (_, i) => ({ userId: `m${i % 4}`, anonId: `d${(i * (7 + round)) % 13}` }))
      const events = bodies.map((body, i): IdentityEvent => ({ ...body, id: `s${i}.1`, type: 'identify', ts: noon, hubTs: noon }))
      const facts = bodies.map((body) => viewed(1, { kind: 'Identity Linked', body }))
      await Promise.all(facts.map((fact, i) => world.send(key, { stream: `s${i}`, lane: 'observe', facts: [fact] })))
      const rows = await store.tx(world.brand, (trx) => trx.selectFrom('persons').select('ids').where('brand', '=', world.brand).execute())
      const found = rows.map(({ ids }) => JSON.parse(ids) as string[]).sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1))
      expect(found).toEqual(resolve(events).clusters)
    }
    const waits = await store.tx('any', (trx) =>
      sql<{ deadlocks: number }>`select deadlocks from pg_stat_database where datname = current_database()`.execute(trx),
    )
    expect(waits.rows).toEqual([{ deadlocks: 0 }])
  })

  test('drains that run at once hand every message over once', async () => {
    const { brand } = createWorld(store)
    await store.tx(brand, async (trx) => {
      for (let n = 0; n < 100; n++) await queueForBus(trx, brand, { topic: 't', key: `k${n % 7}`, payload: n, at: n })
    })
    const handed: unknown[] = []
    const drain = async (): Promise<void> => {
      while (await drainBus(store, brand, async (messages) => void handed.push(...messages.map((one) => one.payload)), 9));
    }
    await Promise.all(Array.from({ length: 6 }, drain))
    expect(handed.length).toBe(100)
    expect(new Set(handed).size).toBe(100)
  })

  test('two publishers of one version: one is published, the other told so', async () => {
    const world = createWorld(store)
    const publisher = await createPublisher(world)
    const rivals = await Promise.all([publisher.build(1, articles(3)), publisher.build(1, articles(4))])
    const answers = await Promise.all(rivals.map((texts) => publisher.send(texts)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409])
    expect(answers.find((answer) => answer.status === 409)?.code).toBe('equivocation')
  })
})
