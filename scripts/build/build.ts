import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build as esbuild } from 'esbuild'
import { build as tsup } from 'tsup'
import { packages, version } from '../packaging/packages.mjs'
import { stemOf } from '../packaging/sync.mjs'
import { root, say, stop } from '../repository'
import { leanEd25519 } from './lean-ed25519'

type Row = (typeof packages)[string]

/** What a mini-program has instead of the names its host bars: read once, at load. */
const hostGlobals = { globalThis: '(typeof globalThis!=="undefined"?globalThis:typeof self!=="undefined"?self:{})' }

/**
 * Builds one package: `dist` (cjs, esm, types) and, for client packages, `miniprogram_dist` (one flat es2017 CommonJS file
 * per entry with everything in it) and a folder per subpath for resolvers that do not read `exports`.
 */
export async function buildPackage(dir: string, options: { readonly types?: boolean } = {}): Promise<void> {
  const row = packages[dir]
  if (!row) stop(`No package "${dir}". Known: ${Object.keys(packages).join(', ')}`)
  const cwd = join(root, 'packages', dir)
  await rm(join(cwd, 'dist'), { recursive: true, force: true })
  const entry: Record<string, string> = {}
  for (const [subpath, source] of Object.entries(row.entries)) entry[stemOf(subpath)] = join(cwd, source)
  if (row.bin) entry['bin'] = join(cwd, 'src/bin.ts')
  const shared = {
    config: false as const,
    silent: true,
    outDir: join(cwd, 'dist'),
    target: row.kind === 'client' ? 'es2017' : 'node20',
    platform: row.kind === 'client' ? ('neutral' as const) : ('node' as const),
    tsconfig: join(root, 'tsconfig.json'),
    external: [...externals(row), /^node:/],
    noExternal: [...(row.bundled ?? [])],
    clean: false,
    treeshake: false,
    // third parties compiled in must be the ones for browsers: they name no module of Node
    esbuildOptions: (options: { conditions?: string[]; alias?: Record<string, string> }) => {
      if (row.kind !== 'client') return
      options.conditions = ['browser', 'module']
      options.alias = leanEd25519
    },
    minify: false,
    sourcemap: false,
  }
  process.chdir(cwd)
  await tsup({ ...shared, entry, format: ['esm'], splitting: true, outExtension: () => ({ js: '.mjs' }) })
  await tsup({ ...shared, entry, format: ['cjs'], splitting: false, outExtension: () => ({ js: '.js' }) })
  if (row.kind === 'client') await shortSpread(shared.outDir)
  if (options.types !== false) {
    await tsup({ ...shared, entry, format: ['esm', 'cjs'], dts: { only: true } })
  }
  process.chdir(root)
  if (row.kind === 'client') {
    await miniprogram(dir, row)
    await scriptTag(dir, row)
    await physicalSubpaths(dir, row)
  }
}

/**
 * es2017 has no object spread and rest; the compiler's helpers for them cost each package 300 B gzip. They copy property
 * descriptors, which our literals never need beside a spread, so `Object.assign` does the same; a call inside a call becomes one.
 */
async function shortSpread(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name)
    if (!/\.m?js$/.test(name)) continue
    const text = await readFile(file, 'utf8')
    let short = text
      .replace(/var __spreadValues = \(a, b\) => \{[\s\S]*?\n\};/, 'var __spreadValues = Object.assign;')
      .replace(/var __spreadProps = .*;/, 'var __spreadProps = Object.assign;')
      .replace(
        /(var __objRest = \(source, exclude\) => \{)[\s\S]*?\n\};/,
        '$1\n  const target = Object.assign({}, source);\n  exclude.forEach((name) => delete target[name]);\n  return target;\n};',
      )
    for (let before = ''; before !== short; ) {
      before = short
      short = short.replace(/__spread(?:Values|Props)\(__spreadValues\(([^()]*)\), /g, '__spreadValues($1, ')
    }
    if (short !== text) await writeFile(file, short)
  }
}

/** Everything the package names at run time stays outside its bundle. */
function externals(row: Row): RegExp[] {
  const names = [...row.arrows.map((arrow) => packages[arrow]?.name ?? arrow), ...Object.keys(row.dependencies)]
  return names.map((name) => new RegExp(`^${name.replace(/[/-]/g, '\\$&')}(/|$)`))
}

async function miniprogram(dir: string, row: Row): Promise<void> {
  const cwd = join(root, 'packages', dir)
  const out = join(cwd, 'miniprogram_dist')
  await rm(out, { recursive: true, force: true })
  const without = new Set(row.notInMiniprogram ?? [])
  for (const [subpath, source] of Object.entries(row.entries)) {
    if (without.has(subpath)) continue
    await esbuild({
      entryPoints: [join(cwd, source)],
      outfile: join(out, `${stemOf(subpath)}.js`),
      bundle: true,
      format: 'cjs',
      platform: 'neutral',
      target: 'es2017',
      conditions: ['@omokit/source', 'browser'],
      mainFields: ['module', 'main'],
      alias: leanEd25519,
      define: hostGlobals.globalThis ? { globalThis: '__omokitHost' } : {},
      banner: { js: `var __omokitHost=${hostGlobals.globalThis};` },
      logLevel: 'error',
      legalComments: 'none',
    })
  }
  if (!row.entries['.']) await writeFile(join(out, 'index.js'), 'module.exports = {}\n')
}

/** One file for a page without a bundler: `<script src>` gives the entry under one global name. */
async function scriptTag(dir: string, row: Row): Promise<void> {
  if (!row.script) return
  const cwd = join(root, 'packages', dir)
  await esbuild({
    entryPoints: [join(cwd, row.entries[row.script.entry] as string)],
    outfile: join(cwd, 'dist', row.script.file),
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: row.script.global,
    platform: 'browser',
    target: 'es2017',
    conditions: ['@omokit/source'],
    alias: leanEd25519,
    banner: { js: `/*! ${row.name} ${version}, MIT; parts by others: THIRD-PARTY-LICENSES.txt */` },
    logLevel: 'error',
    legalComments: 'none',
  })
}

/** `@omokit/core/outbox` as a real folder, for node10 types, webpack 4 and mini-program tools. */
async function physicalSubpaths(dir: string, row: Row): Promise<void> {
  for (const subpath of Object.keys(row.entries)) {
    if (subpath === '.') continue
    const stem = stemOf(subpath)
    const folder = join(root, 'packages', dir, stem)
    const up = '../'.repeat(stem.split('/').length)
    await mkdir(folder, { recursive: true })
    const manifest = { main: `${up}dist/${stem}.js`, module: `${up}dist/${stem}.mjs`, types: `${up}dist/${stem}.d.ts`, sideEffects: false }
    await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  }
}

/**
 * The licences of third parties that are compiled into a client package: its own, and those that its mini-program files
 * carry over from core.
 */
async function thirdParties(dir: string): Promise<void> {
  const parts: string[] = []
  const names = ['nanoid', 'idb-keyval', '@stablelib/ed25519', 'zod']
  for (const name of names) {
    const folder = [join(root, 'packages/core/node_modules', name), join(root, 'node_modules', name)].find((path) => existsSync(path))
    const file = folder && (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
    if (!folder || !file) stop(`no licence text of ${name} to hand on`, 1)
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { readonly version: string }
    parts.push(`${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`)
  }
  await writeFile(
    join(root, 'packages', dir, 'THIRD-PARTY-LICENSES.txt'),
    `Parts of these works are compiled into this package.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`,
  )
}

/** Builds the named packages, or all. */
export async function buildAll(only: readonly string[] = [], options: { readonly types?: boolean } = {}): Promise<void> {
  for (const dir of only.length ? only : Object.keys(packages)) {
    const begun = Date.now()
    await buildPackage(dir, options)
    await cp(join(root, 'LICENSE'), join(root, 'packages', dir, 'LICENSE'))
    if (packages[dir]?.kind === 'client') await thirdParties(dir)
    say(`built ${dir} in ${((Date.now() - begun) / 1000).toFixed(1)} s`)
  }
}

if (process.argv[1]?.endsWith('build.ts')) {
  const args = process.argv.slice(2)
  await buildAll(
    args.filter((arg) => !arg.startsWith('--')),
    { types: !args.includes('--no-types') },
  )
}
