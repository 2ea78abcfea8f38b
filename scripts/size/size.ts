import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { buildAll } from '../build/build'
import { packAll } from '../tarballs/pack'
import { packages } from '../packaging/packages.mjs'
import { root, say } from '../repository'
import { scenarios } from './scenarios'

/**
 * Bytes a user's bundle gains, measured from packed tarballs: esbuild, minify, bundle, esm, es2020, browser, gzip -9.
 * `--json` prints one array for machines; `--build` builds first; exit 1 when a floor of bench/figures.json is missed.
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
const { figures } = JSON.parse(readFileSync(join(root, 'bench/figures.json'), 'utf8')) as {
  readonly figures: readonly { readonly id: string; readonly floor: number; readonly stretch: number }[]
}
const rows: { id: string; min: number; gzip: number }[] = []
for (const [id, code] of Object.entries(scenarios)) rows.push({ id, ...(await measure(code)) })
rows.push({ id: 'size.unused', ...(await unused()) })
const floors = new Map(figures.map((figure) => [figure.id, figure]))
const missed = rows.filter((row) => row.gzip > (floors.get(row.id)?.floor ?? Number.POSITIVE_INFINITY))
if (process.argv.includes('--json')) say(JSON.stringify(rows))
else
  for (const row of rows)
    say(
      `${row.id.padEnd(20)} ${String(row.min).padStart(8)} min ${String(row.gzip).padStart(7)} gzip   floor ${floors.get(row.id)?.floor ?? '–'}, stretch ${floors.get(row.id)?.stretch ?? '–'}`,
    )
for (const row of missed) process.stderr.write(`MISSED ${row.id}: ${row.gzip} B gzip, floor ${floors.get(row.id)?.floor}\n`)
process.exit(missed.length ? 1 : 0)

async function measure(code: string): Promise<{ min: number; gzip: number }> {
  const result = await build({
    stdin: { contents: code, resolveDir: join(root, '.cache', 'size'), loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2020',
    platform: 'browser',
    write: false,
    logLevel: 'error',
    legalComments: 'none',
  })
  const bytes = result.outputFiles[0]?.contents ?? new Uint8Array()
  return { min: bytes.length, gzip: bytes.length ? gzipSync(bytes, { level: 9 }).length : 0 }
}

/** The largest rest that an import without use leaves, over every entry of every client package. */
async function unused(): Promise<{ min: number; gzip: number }> {
  let worst = { min: 0, gzip: 0 }
  for (const dir of client) {
    for (const subpath of Object.keys(packages[dir]?.entries ?? {})) {
      if (/testing|node/.test(subpath)) continue
      const size = await measure(`import * as unused from '${packages[dir]?.name}${subpath.slice(1)}'`)
      if (size.gzip > worst.gzip) worst = size
    }
  }
  return worst
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
