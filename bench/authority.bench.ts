import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import { createCommands, type Commands } from '../packages/hub/src/authority/commands'
import { createCouponDefinitions } from '../packages/hub/src/authority/coupon-definitions'
import type { Caller } from '../packages/hub/src/authority/caller'
import { bucketOf } from '../packages/hub/src/store/bucket'
import { openStore, processEffects, type Store } from '../packages/hub/src/index'
import { startPostgres, whyNoPostgres } from '../packages/hub/test/support/postgres'

const clients = 16
const brand = 'bench'
const rounds = 7
const windowMs = 1200
const codes = 140_000
const limit = 1_000_000_000

interface Figure {
  readonly id: string
  readonly value: number
  readonly samples: number
  readonly against: string
}

/**
 * Commands of the authority against the least a database must do for the same promise: one conditional UPDATE with its
 * ledger row in one statement. Both on one Postgres with fsync, 16 clients, in turns; the figure is the median of the ratios.
 */
export async function bench(): Promise<Figure[]> {
  if (whyNoPostgres) throw new Error(whyNoPostgres)
  const postgres = await startPostgres({ durable: true })
  const store = await openStore({ databaseUrl: postgres.url, connections: clients })
  const pool = new pg.Pool({ connectionString: postgres.url, max: clients })
  pool.on('error', () => undefined)
  try {
    await prepare(store, pool)
    const commands = createCommands({
      context: { effects: processEffects },
      store,
      definitions: createCouponDefinitions(store),
      handles: { of: async () => '0'.repeat(16), memberOf: async () => undefined },
      now: processEffects.now,
    })
    let next = 0
    const hold = (id: string) => (): Promise<unknown> => give(commands, { order: `o${next++}`, rights: [{ kind: 'counter', id, qty: 1 }], ttlMs: 3_600_000 })
    const unique = (): Promise<unknown> =>
      give(commands, { order: `o${next}`, rights: [{ kind: 'item', id: `item-${next++ % codes}`, qty: 1 }], ttlMs: 60_000, settle: true })
    const bareHot = (): Promise<unknown> => pool.query({ name: 'hot', text: bareHotSql, values: ['hot', `o${next++}`] })
    const bareUnique = (): Promise<unknown> => pool.query({ name: 'unique', text: bareUniqueSql, values: [`item-${next % codes}`, `o${next++}`] })

    for (const run of [bareHot, hold('hot'), hold('spread'), bareUnique]) await rate(run, 300)
    const ratios = { hot: [] as number[], spread: [] as number[], unique: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      const bare = await rate(bareHot)
      ratios.hot.push((await rate(hold('hot'))) / bare)
      ratios.spread.push((await rate(hold('spread'))) / bare)
      next = Math.floor((round * codes) / rounds)
      const bareOnce = await rate(bareUnique)
      next = Math.floor((round * codes) / rounds)
      ratios.unique.push((await rate(unique)) / bareOnce)
    }
    const over = await overRedeemed(store, commands)
    const against = 'one conditional UPDATE with its ledger row, same Postgres with fsync, 16 clients, same run'
    return [
      { id: 'authority.hotRatio', value: median(ratios.hot), samples: rounds, against },
      { id: 'authority.escrowRatio', value: median(ratios.spread), samples: rounds, against: `${against}, on one row` },
      { id: 'authority.uniqueRatio', value: median(ratios.unique), samples: rounds, against },
      { id: 'authority.over', value: over, samples: rounds, against: 'limits, and ledger sums against state' },
    ]
  } finally {
    await pool.end()
    await store.close()
    await postgres.close()
  }
}

const bareHotSql = `with taken as (update bare_counter set used = used + 1 where id = $1 and used < cap returning id)
  insert into bare_ledger (id, ref) select id, $2 from taken`
const bareUniqueSql = `with taken as (update bare_item set state = 'redeemed' where id = $1 and state = 'available' returning id)
  insert into bare_ledger (id, ref) select id, $2 from taken`

const caller: Caller = { key: { kind: 'secret', mode: 'test', brand, hash: 'bench', roles: [] }, member: undefined }

async function give(commands: Commands, payload: unknown): Promise<unknown> {
  return commands.run(caller, { key: randomBytes(32).toString('base64url'), operation: 'hold', payload })
}

/** Calls a second by all clients together. */
async function rate(run: () => Promise<unknown>, ms: number = windowMs): Promise<number> {
  const started = performance.now()
  const counts = await Promise.all(
    Array.from({ length: clients }, async () => {
      let count = 0
      while (performance.now() - started < ms) {
        await run()
        count++
      }
      return count
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - started) / 1000)
}

async function prepare(store: Store, pool: InstanceType<typeof pg.Pool>): Promise<void> {
  const plain = async (text: string): Promise<void> => void (await pool.query({ name: '', text, values: [] }))
  await plain('create table bare_counter (id text primary key, used bigint not null, cap bigint not null)')
  await plain('create table bare_item (id text primary key, state text not null)')
  await plain('create table bare_ledger (seq bigint generated always as identity primary key, id text not null, ref text not null)')
  await plain(`insert into bare_counter values ('hot', 0, ${limit})`)
  await plain(`insert into bare_item select 'item-' || n, 'available' from generate_series(0, ${codes - 1}) n`)
  await store.tx(brand, async (trx) => {
    for (const [id, cells] of [
      ['hot', 0],
      ['spread', 16],
      ['ten', 0],
      ['ten-spread', 4],
    ] as const)
      await sql`select omokit_counter_put(${brand}, ${bucketOf(id)}, ${id}, ${id.startsWith('ten') ? 10 : limit}, 0, ${cells})`.execute(trx)
    const ids = Array.from({ length: codes }, (_, i) => `item-${i}`)
    await sql`insert into items (brand, bucket, id, coupon, code, state, issued_at)
      select ${brand}, one.bucket, one.id, 'bench', one.id, 'available', 0 from unnest(${ids.map(bucketOf)}::int[], ${ids}::text[]) as one(bucket, id)`.execute(
      trx,
    )
  })
}

/** Units given out beyond a limit, and units by which a ledger differs from its counter. */
async function overRedeemed(store: Store, commands: Commands): Promise<number> {
  for (const id of ['ten', 'ten-spread'])
    await Promise.all(Array.from({ length: 64 }, () => give(commands, { order: 'o', rights: [{ kind: 'counter', id, qty: 1 }], ttlMs: 3_600_000 })))
  const found = await store.tx(brand, (trx) =>
    sql<{ n: number }>`
      with sums as (select right_id, sum(held) as held, sum(used) as used from ledger where brand = ${brand} group by right_id),
      counts as (
        select c.id, c.cap, c.used + c.held + coalesce(sum(x.used + x.held), 0) as taken from counters c
        left join counter_cells x on x.brand = c.brand and x.id = c.id where c.brand = ${brand} group by c.id, c.cap, c.used, c.held
      ), twice as (select right_id, count(*) - 1 as n from ledger where brand = ${brand} and kind = 'item' and used > 0 group by right_id having count(*) > 1)
      select (select sum(greatest(taken - cap, 0) + abs(taken - coalesce(held + used, 0))) from counts left join sums on right_id = id)
        + coalesce((select sum(n) from twice), 0) as n`.execute(trx),
  )
  return Number(found.rows[0]?.n)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}
