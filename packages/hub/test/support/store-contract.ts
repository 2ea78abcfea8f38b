import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createKey, type Store } from '../../src/index'
import { bucketOf } from '../../src/store/bucket'
import { factHash } from '../../src/facts/fact-hash'
import { chained, createWorld, noon, order, viewed } from './world'

/** What every store of the hub must do. Run once on PGlite and once on Postgres. */
export function storeContract(store: () => Store): void {
  describe('brands never meet', () => {
    test('a query that forgot the brand sees no row of another brand, in any table', async () => {
      const [mine, theirs] = [createWorld(store()), createWorld(store())]
      for (const world of [mine, theirs]) {
        await world.send(await world.key('terminal'), { stream: 'till', lane: 'trade', facts: chained([order('a')]) })
      }
      await store().tx(mine.brand, async (trx) => {
        const tables = await sql<{ name: string }>`
          select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'brand'
          where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`.execute(trx)
        expect(tables.rows.length).toBeGreaterThan(10)
        let rows = 0
        for (const { name } of tables.rows) {
          const seen = await sql<{ brand: string }>`select distinct brand from ${sql.table(name)}`.execute(trx)
          for (const { brand } of seen.rows) expect(brand).toBe(mine.brand)
          rows += seen.rows.length
        }
        expect(rows).toBeGreaterThan(2)
      })
    })

    test('a row of another brand can be neither written, changed nor deleted', async () => {
      const [mine, theirs] = [createWorld(store()), createWorld(store())]
      await theirs.key('secret')
      await store().tx(mine.brand, async (trx) => {
        expect((await sql`update keys set state = 'revoked'`.execute(trx)).numAffectedRows ?? 0n).toBe(0n)
        expect((await sql`delete from keys`.execute(trx)).numAffectedRows ?? 0n).toBe(0n)
      })
      const foreign = store().tx(mine.brand, (trx) =>
        trx
          .insertInto('keys')
          .values({ brand: theirs.brand, bucket: 0, hash: 'x', kind: 'secret', mode: 'test', roles: '[]', store_id: '', label: '', created_at: 0 })
          .execute(),
      )
      await expect(foreign).rejects.toMatchObject({ code: '42501' })
    })

    test('the role of every transaction can bypass nothing, and every table is forced behind the policy', async () => {
      const world = createWorld(store())
      await store().tx(world.brand, async (trx) => {
        const role = await sql<{ name: string; super: boolean; bypass: boolean }>`
          select current_user::text as name, rolsuper as super, rolbypassrls as bypass from pg_roles where rolname = current_user`.execute(trx)
        expect(role.rows).toEqual([{ name: 'omokit_app', super: false, bypass: false }])
        const open = await sql<{ name: string }>`
          select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname <> 'omokit_migrations'
            and not (relrowsecurity and relforcerowsecurity)`.execute(trx)
        expect(open.rows).toEqual([])
      })
    })

    test('brand and bucket lead every primary and unique key', async () => {
      const world = createWorld(store())
      await store().tx(world.brand, async (trx) => {
        const keys = await sql<{ name: string; columns: string }>`
          select i.indexrelid::regclass::text as name,
            (select string_agg(a.attname, ',' order by k.place) from unnest(i.indkey::int2[]) with ordinality as k(number, place)
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number) as columns
          from pg_index i join pg_class c on c.oid = i.indrelid
          where i.indisunique and c.relnamespace = 'public'::regnamespace and c.relname <> 'omokit_migrations'`.execute(trx)
        expect(keys.rows.length).toBeGreaterThan(10)
        for (const { name, columns } of keys.rows) expect(`${name}: ${columns}`).toMatch(/: brand,bucket(,|$)/)
      })
    })
  })

  describe('transactions', () => {
    test('what a failed transaction wrote is gone', async () => {
      const world = createWorld(store())
      const failing = store().tx(world.brand, async (trx) => {
        await trx
          .insertInto('chunks')
          .values({ brand: world.brand, bucket: bucketOf('c'), name: 'c', kind: 'bucket', text: '[]' })
          .execute()
        throw new Error('on purpose')
      })
      await expect(failing).rejects.toThrow('on purpose')
      expect(await store().tx(world.brand, (trx) => trx.selectFrom('chunks').select('name').where('brand', '=', world.brand).execute())).toEqual([])
    })

    test('a transaction that lost a deadlock or a serialisation race runs again; another error does not', async () => {
      const world = createWorld(store())
      for (const code of ['40P01', '40001']) {
        let runs = 0
        const answer = await store().tx(world.brand, async (trx) => {
          runs++
          if (runs < 3) await sql.raw(`do $$ begin raise exception 'race' using errcode = '${code}'; end $$`).execute(trx)
          return runs
        })
        expect(answer).toBe(3)
      }
      let runs = 0
      await expect(
        store().tx(world.brand, async (trx) => {
          runs++
          await sql.raw('select 1 / 0').execute(trx)
        }),
      ).rejects.toMatchObject({ code: '22012' })
      expect(runs).toBe(1)
    })

    test('the brand of one transaction is not left behind for the next', async () => {
      const world = createWorld(store())
      await world.key('secret')
      await store().tx(world.brand, async () => undefined)
      const rows = await store().tx('another', (trx) => sql`select 1 from keys`.execute(trx))
      expect(rows.rows).toEqual([])
    })
  })

  describe('facts', () => {
    test('stored bytes are the bytes sent, whatever characters they hold', async () => {
      const world = createWorld(store())
      const key = await world.key('secret')
      const text = viewed(1, { body: { sku: '可乐 🥤 "x" \\ \u0000 \u2028', price: 350 } })
      const { facts } = await world.send(key, { stream: 's', lane: 'observe', facts: [text] })
      expect(facts).toEqual({ through: 1, except: [], server_time: noon })
      const rows = await store().tx(world.brand, (trx) =>
        trx.selectFrom('facts').select(['text', 'hash', 'received_at', 'received_day']).where('brand', '=', world.brand).execute(),
      )
      expect(rows).toEqual([{ text, hash: factHash(text), received_at: noon, received_day: '2026-11-22' }])
    })

    test('a batch received on a day without a partition makes it', async () => {
      const world = createWorld(store(), { now: Date.UTC(2031, 1, 28, 23, 59, 59) })
      const key = await world.key('secret')
      expect((await world.send(key, { stream: 's', lane: 'observe', facts: [viewed(1)] })).facts.through).toBe(1)
      world.clock.now += 2000
      expect((await world.send(key, { stream: 's', lane: 'observe', facts: [viewed(1), viewed(2)] })).facts.through).toBe(2)
      const days = await store().tx(world.brand, (trx) =>
        trx.selectFrom('facts').select(['seq', 'received_day']).where('brand', '=', world.brand).orderBy('seq').execute(),
      )
      expect(days).toEqual([
        { seq: 1, received_day: '2031-02-28' },
        { seq: 2, received_day: '2031-03-01' },
      ])
    })

    test('a thousand facts in batches come back as a thousand rows in order', async () => {
      const world = createWorld(store())
      const key = await world.key('publishable')
      for (let first = 1; first <= 1000; first += 250) {
        await world.send(key, { stream: 's', lane: 'observe', facts: Array.from({ length: 250 }, (_, i) => viewed(first + i)) })
      }
      const rows = await store().tx(world.brand, (trx) => trx.selectFrom('facts').select('seq').where('brand', '=', world.brand).orderBy('seq').execute())
      expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
    })
  })

  test('a live secret or staff key is for Postgres only', async () => {
    const world = createWorld(store())
    for (const kind of ['secret', 'staff', 'publishable', 'terminal'] as const) {
      const made = await createKey(
        store(),
        { now: () => 0, random: (n) => new Uint8Array(n), every: () => () => undefined },
        { brand: world.brand, kind, mode: 'live' },
      )
      const refused = store().kind === 'pglite' && (kind === 'secret' || kind === 'staff')
      expect(made.ok ? 'made' : made.issues[0]?.code).toBe(refused ? 'live-key-refused' : 'made')
    }
  })
}
