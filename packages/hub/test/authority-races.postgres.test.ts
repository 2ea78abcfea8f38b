import fc from 'fast-check'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../src/index'
import { commandKey, createShop, type CommandAnswer, type Shop } from './support/shop'
import { startPostgres, type TestPostgres, whyNoPostgres } from './support/postgres'

const minute = 60_000
const right = (kind: string, id: string, qty: number = 1): { kind: string; id: string; qty: number } => ({ kind, id, qty })
const hold = (rights: readonly unknown[], more: Record<string, unknown> = {}): Record<string, unknown> => ({ order: 'order-1', rights, ttlMs: minute, ...more })
const taken = (answers: readonly CommandAnswer[]): number => answers.filter((answer) => answer.ok).length

describe.skipIf(whyNoPostgres)(`on Postgres, many at once${whyNoPostgres ? ` (skipped: ${whyNoPostgres})` : ''}`, () => {
  let postgres: TestPostgres
  let store: Store
  let shop: Shop
  beforeAll(async () => {
    postgres = await startPostgres()
    store = await openStore({ databaseUrl: postgres.url, connections: 16 })
    shop = await createShop(store)
  })
  afterAll(async () => {
    await store?.close()
    await postgres?.close()
  })

  it.each([0, 4])('64 holds on a counter of 10 over %i cells: exactly 10', async (cells) => {
    const id = `ten-${cells}`
    await shop.counter(id, 10, { cells })
    const answers = await Promise.all(Array.from({ length: 64 }, () => shop.command('hold', hold([right('counter', id)]))))
    expect(taken(answers)).toBe(10)
    expect(answers.every((answer) => answer.ok || answer.code === 'exhausted')).toBe(true)
    expect(await shop.state(id)).toEqual({ used: 0, held: 10, cap: 10 })
    expect(await shop.unbalanced()).toEqual([])
  })

  it('check-then-act gives out more than there is: the test above can fail', async () => {
    await shop.counter('naive', 10)
    const naive = (): Promise<boolean> =>
      store.tx(shop.brand, async (trx) => {
        const found = await sql<{ free: number }>`select cap - used - held as free from counters where brand = ${shop.brand} and id = 'naive'`.execute(trx)
        if ((found.rows[0]?.free ?? 0) < 1) return false
        await sql`update counters set held = held + 1 where brand = ${shop.brand} and id = 'naive'`.execute(trx)
        return true
      })
    const answers = await Promise.all(Array.from({ length: 64 }, naive))
    expect(answers.filter(Boolean).length).toBeGreaterThan(10)
    expect(await shop.unbalanced()).toContainEqual(expect.objectContaining({ what: 'counter', id: 'naive' }))
    await store.tx(shop.brand, (trx) => sql`update counters set held = 0 where brand = ${shop.brand} and id = 'naive'`.execute(trx))
  })

  it('batches of claims at once: totals and limits per member hold, one key has one answer', async () => {
    await shop.coupon('race-total', { total: 50 })
    await shop.coupon('race-both', { total: 30, perMember: 2 })
    await shop.coupon('race-each', { perMember: 1 })
    const batch = async (n: number): Promise<readonly CommandAnswer[]> => {
      const commands = Array.from({ length: 60 }, (_, i) => ({
        // every key is sent by two batches, in another order
        key: commandKey(`race ${Math.floor(n / 2)} ${i}`),
        operation: 'claim',
        payload: { coupon: ['race-total', 'race-both', 'race-each'][i % 3], member: `m${i % 10}` },
      }))
      const answer = await shop.call('POST', '/v1/commands/batch', shop.secret, { commands: n % 2 ? commands.reverse() : commands })
      const { answers } = answer.body as { answers: CommandAnswer[] }
      return n % 2 ? [...answers].reverse() : answers
    }
    const answers = await Promise.all(Array.from({ length: 16 }, (_, n) => batch(n)))
    for (let n = 0; n < 16; n += 2) expect(answers[n]).toEqual(answers[n + 1])
    const found = await store.tx(shop.brand, (trx) =>
      sql<{ coupon: string; n: number; most: number }>`
        select coupon, sum(n)::int as n, max(n)::int as most from (
          select coupon, owner, count(*) as n from items where brand = ${shop.brand} and coupon like 'race-%' group by 1, 2
        ) x group by 1 order by 1`.execute(trx),
    )
    // 8 × 20 ask for each; 30 cannot be reached when ten members may have two
    expect(found.rows).toEqual([
      { coupon: 'race-both', n: 20, most: 2 },
      { coupon: 'race-each', n: 10, most: 1 },
      { coupon: 'race-total', n: 50, most: expect.any(Number) as number },
    ])
    expect(await shop.unbalanced()).toEqual([])
  })

  it('one item, many buyers: one', async () => {
    await shop.coupon('single')
    for (let round = 0; round < 5; round++) {
      const { item } = await shop.claim('single', 'ann')
      const answers = await Promise.all(Array.from({ length: 8 }, () => shop.command('hold', hold([right('item', item)]))))
      expect(taken(answers)).toBe(1)
      expect(answers.every((answer) => answer.ok || answer.code === 'already-held')).toBe(true)
    }
    expect(await shop.unbalanced()).toEqual([])
  })

  it('one key at the same moment: one effect, one answer', async () => {
    await shop.counter('keyed', 100)
    const answers = await Promise.all(Array.from({ length: 16 }, () => shop.command('hold', hold([right('counter', 'keyed')]), { occasion: 'the same' })))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await shop.state('keyed')).toMatchObject({ held: 1 })
  })

  it('a claim limit per member and in total holds under parallel claims', async () => {
    await shop.coupon('few', { total: 20, perMember: 2 })
    const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => shop.command('claim', { coupon: 'few', member: `m${i % 16}` })))
    expect(taken(answers)).toBe(20)
    const owners = await store.tx(shop.brand, (trx) =>
      sql<{ n: number }>`select count(*) as n from items where brand = ${shop.brand} and coupon = 'few' group by owner`.execute(trx),
    )
    expect(owners.rows.every((row) => Number(row.n) <= 2)).toBe(true)
    expect(await shop.unbalanced()).toEqual([])
  })

  it('crossing orders never deadlock', async () => {
    for (const id of ['x', 'y', 'z']) await shop.counter(id, 1000)
    await shop.coupon('crossing')
    const before = await deadlocks()
    const answers = await Promise.all(
      Array.from({ length: 96 }, (_, i) => {
        const ids = i % 2 ? ['x', 'y', 'z'] : ['z', 'y', 'x']
        return shop.command('hold', hold(ids.map((id) => right('counter', id))))
      }),
    )
    expect(taken(answers)).toBe(96)
    expect(await deadlocks()).toBe(before)
  })

  it('expired holds are given back to exactly one of those who want them', async () => {
    for (const cells of [0, 3]) {
      const id = `expiring-${cells}`
      await shop.counter(id, 6, { cells })
      for (let i = 0; i < 6; i++) await shop.command('hold', hold([right('counter', id)]))
      shop.clock.now += minute
      const answers = await Promise.all(Array.from({ length: 32 }, () => shop.command('hold', hold([right('counter', id)]))))
      expect(taken(answers)).toBe(6)
    }
    expect(await shop.unbalanced()).toEqual([])
  })

  it('16 clients hold, confirm, release and reverse, some die in between: limits hold and the ledger adds up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const one = await createShop(store)
        await one.counter('a', 12)
        await one.counter('b', 9, { cells: 3 })
        await one.coupon('welcome')
        const items = await Promise.all(Array.from({ length: 6 }, (_, i) => one.claim('welcome', `m${i}`)))
        const random = seeded(seed)
        const dying = new pg.Pool({ connectionString: postgres.url, max: 4 })
        dying.on('error', () => undefined)
        await Promise.all(
          Array.from({ length: 16 }, async (_, client) => {
            for (let step = 0; step < 6; step++) {
              const rights = [
                right('counter', 'a', 1 + random(2)),
                right('counter', 'b', 1 + random(3)),
                right('item', items[random(items.length)]?.item as string),
              ]
              const chosen = rights.filter(() => random(3) > 0)
              if (!chosen.length) continue
              const order = `o${client}-${step}`
              const held = await one.command('hold', hold(chosen, { order, ttlMs: 1 + random(3) * 20 }))
              if (random(5) === 0) one.clock.now += 15
              // this client dies: its hold is left to run out
              if (!held.ok || random(4) === 0) continue
              if (random(4) === 0) await dieInside(dying, one.brand, held.value['hold'] as string)
              const hid = held.value['hold']
              if (random(3) === 0) await one.command('release', { hold: hid })
              else if ((await one.command('confirm', { hold: hid })).ok && random(2) === 0)
                await one.command('reverse', {
                  hold: hid,
                  returnDocument: `r${step}`,
                  ...(random(2) ? { lines: [{ right: { ...(chosen[0] as ReturnType<typeof right>), qty: 1 } }] } : {}),
                })
            }
          }),
        )
        await dying.end()
        expect(await one.unbalanced()).toEqual([])
        // nothing is lost either: when all holds have run out, what is not used can be had again
        one.clock.now += minute
        const { used } = await one.state('b')
        expect(await one.command('hold', hold([right('counter', 'b', 9 - used)]))).toMatchObject(used < 9 ? { ok: true } : { ok: false })
        expect(await one.unbalanced()).toEqual([])
      }),
      { numRuns: 6, seed: 20261122 },
    )
  })

  async function deadlocks(): Promise<number> {
    const found = await store.tx(shop.brand, (trx) => sql<{ n: number }>`select sum(deadlocks) as n from pg_stat_database`.execute(trx))
    return Number(found.rows[0]?.n)
  }
})

/** Does the work of a confirm in a transaction of its own and is gone before the commit. */
async function dieInside(pool: InstanceType<typeof pg.Pool>, brand: string, id: string): Promise<void> {
  const client = (await pool.connect()) as unknown as { query(text: string, values?: unknown[]): Promise<unknown>; release(destroy: boolean): void }
  await client.query('begin')
  await client.query(`select set_config('role', 'omokit_app', true), set_config('omokit.brand', $1, true)`, [brand])
  await client.query(
    `select omokit_confirm($1, 0, jsonb_build_object('hold', $2::text, 'bucket', (select bucket from holds where brand = $1 and hold = $2 limit 1)))`,
    [brand, id],
  )
  client.release(true)
}

function seeded(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}
