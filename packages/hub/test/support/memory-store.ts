import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import hub from '../../package.json' with { type: 'json' }
import { openStore, type Store } from '../../src/index'
import { migrate, migrations } from '../../src/store/migrate'
import type { HubTables } from '../../src/store/tables'

/** A store of its own in memory, opened from a snapshot of an empty migrated database. */
export async function openMemoryStore(): Promise<Store> {
  return openStore({ pglite: { from: new Blob([readFileSync(await snapshotFile())]) } })
}

/** Puts the same database into a folder that PGlite is to open: three seconds less than making one there. */
export async function fillStoreFolder(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true })
  execFileSync('tar', ['-xf', await snapshotFile(), '-C', dir], { stdio: 'ignore' }) // its names begin with a slash, of which tar tells
}

/** The snapshot's file, by what it was made with; the first test file of all makes it. */
async function snapshotFile(): Promise<string> {
  const folder = join(tmpdir(), 'omokit-test')
  const name = join(
    folder,
    `pglite-${createHash('sha256')
      .update(JSON.stringify([migrations, process.versions.node, hub.dependencies['@electric-sql/pglite']]))
      .digest('hex')
      .slice(0, 16)}.tar`,
  )
  if (!existsSync(name)) {
    mkdirSync(folder, { recursive: true })
    const own = `${name}.${randomBytes(4).toString('hex')}`
    writeFileSync(own, await snapshot())
    // whole or not at all: other test files look for it at the same time
    renameSync(own, name)
  }
  return name
}

async function snapshot(): Promise<Uint8Array> {
  const pglite = await PGlite.create()
  const db = new Kysely<HubTables>({ dialect: new PGliteDialect({ pglite: pglite as never }) })
  await migrate(db, false)
  const dump = await pglite.dumpDataDir('none')
  await db.destroy()
  return new Uint8Array(await dump.arrayBuffer())
}
