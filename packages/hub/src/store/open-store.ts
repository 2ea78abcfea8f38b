import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { migrate } from './migrate'
import { withRetry } from './retry'
import type { Door, DoorArgument, Store, Trx } from './store'
import type { HubTables } from './tables'

/**
 * Exactly one of the two: a Postgres address, or PGlite in a folder (`dir`) or in memory. `from`: what `dumpDataDir` of PGlite
 * wrote, to begin with instead of an empty database; four times as quick to open.
 */
export type StoreOptions =
  | { readonly databaseUrl: string; readonly connections?: number }
  | { readonly pglite: { readonly dir?: string; readonly from?: Blob } }

const int8 = 20
const date = 1082
// 64-bit numbers here are times, counts and money, all safe integers; days stay ISO texts
const parsers: Readonly<Record<number, (value: string) => unknown>> = { [int8]: Number, [date]: String }

/**
 * Opens the store and brings its tables up to date. Opening the same database twice is safe: migrations run once, under an
 * advisory lock on Postgres. Rejects when the database cannot be reached.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const onPostgres = 'databaseUrl' in options
  const { db, ask } = onPostgres ? postgres(options) : await embedded(options.pglite)
  try {
    await migrate(db, onPostgres)
  } catch (error) {
    await db.destroy()
    throw error
  }
  const days = new Map<string, Promise<void>>()
  return {
    kind: onPostgres ? 'postgres' : 'pglite',
    tx: (brand, run) => withRetry(() => db.transaction().execute((trx) => asApp(trx, brand, run))),
    call: (door, args) => withRetry(() => ask(door, args)),
    prepareDay(day) {
      const known = days.get(day)
      if (known) return known
      const made = makePartitions(db, day)
      days.set(day, made)
      made.catch(() => days.delete(day))
      return made
    },
    close: () => db.destroy(),
  }
}

async function asApp<T>(trx: Trx, brand: string, run: (trx: Trx) => Promise<T>): Promise<T> {
  // both in one round trip; the role's name is fixed, so only the brand is a parameter
  await sql`select set_config('role', 'omokit_app', true), set_config('omokit.brand', ${brand}, true)`.execute(trx)
  return run(trx)
}

interface Opened {
  readonly db: Kysely<HubTables>
  readonly ask: (door: Door, args: readonly DoorArgument[]) => Promise<string | null>
}

function postgres(options: { readonly databaseUrl: string; readonly connections?: number }): Opened {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.connections ?? 16,
    types: { getTypeParser: (oid, format) => parsers[oid] ?? pg.types.getTypeParser(oid, format) },
  })
  // an idle connection that dies is replaced by the pool at its next use
  pool.on('error', () => undefined)
  return {
    db: new Kysely<HubTables>({ dialect: new PostgresDialect({ pool: pool as never }) }),
    async ask(door, args) {
      const text = `select ${door}(${args.map((_, i) => `$${i + 1}`).join(', ')}) as answer`
      const done = await pool.query({ name: `${door}/${args.length}`, text, values: args })
      return done.rows[0]?.['answer'] as string | null
    },
  }
}

async function embedded({ dir, from }: { readonly dir?: string; readonly from?: Blob }): Promise<Opened> {
  const settings = { parsers: { ...parsers }, ...(from ? { loadDataDir: from } : {}) }
  const pglite = dir === undefined ? await PGlite.create(settings) : await PGlite.create(dir, settings)
  const db = new Kysely<HubTables>({ dialect: new PGliteDialect({ pglite: pglite as never }) })
  return {
    db,
    // through kysely, which lets nothing in between the statements of an open transaction
    async ask(door, args) {
      const done = await sql<{ answer: string | null }>`select ${sql.raw(door)}(${sql.join(args)}) as answer`.execute(db)
      return done.rows[0]?.answer ?? null
    },
  }
}

/** Makes the day asked for and the next, so that midnight finds its partition ready. */
async function makePartitions(db: Kysely<HubTables>, day: string): Promise<void> {
  for (const from of [day, nextDay(day)]) {
    const name = `facts_${from.replace(/-/g, '')}`
    for (let attempt = 1; !(await exists(db, name)); attempt++) {
      try {
        await db.transaction().execute(async (trx) => {
          await sql.raw(`create table ${name} partition of facts for values from ('${from}') to ('${nextDay(from)}')`).execute(trx)
          await sql.raw(`alter table ${name} enable row level security`).execute(trx)
          await sql.raw(`alter table ${name} force row level security`).execute(trx)
        })
      } catch (error) {
        // another hub made it first: look again
        if (attempt === 5) throw error
      }
    }
  }
}

async function exists(db: Kysely<HubTables>, table: string): Promise<boolean> {
  const found = await sql<{ name: string | null }>`select to_regclass(${table})::text as name`.execute(db)
  return found.rows[0]?.name != null
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
