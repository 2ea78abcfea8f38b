import { type Kysely, sql } from 'kysely'
import { authority } from './migrations/authority'
import { base } from './migrations/base'
import { claimMany } from './migrations/claim-many'
import { receivers } from './migrations/receivers'
import type { HubTables } from './tables'

/** A step of the schema. Statements run once, in order, in one transaction with the note that they ran. */
export interface Migration {
  /** `0001_base`: never changed after a release. */
  readonly name: string
  readonly statements: readonly string[]
}

/** All steps, in order. */
export const migrations: readonly Migration[] = [base, authority, claimMany, receivers]
const lock = 7_260_150

/** Runs what has not run yet. Two hubs starting at once on Postgres wait for each other. */
export async function migrate(db: Kysely<HubTables>, onPostgres: boolean): Promise<void> {
  await db.transaction().execute(async (trx) => {
    if (onPostgres) await sql`select pg_advisory_xact_lock(${lock})`.execute(trx)
    await sql`create table if not exists omokit_migrations (name text primary key, at timestamptz not null default now())`.execute(trx)
    const done = await sql<{ name: string }>`select name from omokit_migrations`.execute(trx)
    const names = done.rows.map((row) => row.name)
    for (const migration of migrations) {
      if (names.includes(migration.name)) continue
      for (const statement of migration.statements) await sql.raw(statement).execute(trx)
      await sql`insert into omokit_migrations (name) values (${migration.name})`.execute(trx)
    }
  })
}
