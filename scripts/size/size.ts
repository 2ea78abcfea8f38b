import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildAll } from '../build/build'
import { packAll } from '../tarballs/pack'
import { packages } from '../packaging/packages.mjs'
import { root, say } from '../repository'
import { floorFaults, readFloors } from './floors'
import { measureSizes, type Size } from './measure-sizes'
import { readHistory, record } from './size-history'

/**
 * Bytes a user's bundle gains, measured from packed tarballs: esbuild, minify, bundle, esm, es2020, browser, gzip -9.
 * Beside each stands the change since the last row of bench/size-history.json. `--json` prints one array for machines,
 * `--build` builds first, `--record` appends a row; exit 1 when a floor of bench/figures.json is missed.
 */
const client = Object.keys(packages).filter((dir) => packages[dir]?.kind === 'client')
if (process.argv.includes('--build') || !client.every((dir) => existsSync(join(root, 'packages', dir, 'dist'))))
  await silently(() => buildAll(client, { types: false }))
const modules = join(root, '.cache', 'size', 'node_modules')
rmSync(modules, { recursive: true, force: true })
for (const [dir, tarball] of await packAll(client)) {
  const folder = join(modules, packages[dir]?.name ?? dir)
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'])
}
const rows = await measureSizes(join(root, '.cache', 'size'))
const last = readHistory().at(-1)
const floors = readFloors()
const missed = floorFaults(rows, floors)
if (process.argv.includes('--json')) say(JSON.stringify(rows))
else
  for (const row of rows)
    say(
      `${row.id.padEnd(20)} ${String(row.min).padStart(8)} min ${String(row.gzip).padStart(7)} gzip   floor ${floors.get(row.id)?.floor ?? '–'}, stretch ${floors.get(row.id)?.stretch ?? '–'}${change(row)}`,
    )
if (process.argv.includes('--record')) record(rows)
for (const line of missed) process.stderr.write(`MISSED ${line}\n`)
process.exit(missed.length ? 1 : 0)

/** Against the last row on record. */
function change({ id, gzip }: Size): string {
  const before = last?.gzip[id]
  return before === undefined ? '' : `   ${gzip < before ? '−' : '+'}${Math.abs(gzip - before)} since ${last?.commit}`
}

async function silently(run: () => Promise<void>): Promise<void> {
  const write = process.stdout.write
  process.stdout.write = (() => true) as typeof process.stdout.write
  try {
    await run()
  } finally {
    process.stdout.write = write
  }
}
