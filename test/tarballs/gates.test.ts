import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { root } from '../../scripts/repository'
import type { Gate, Project } from '../../scripts/tarballs/gate'
import { contentsGate, writeContents } from '../../scripts/tarballs/gates/contents'
import { filesResolve } from '../../scripts/tarballs/gates/files-resolve'
import { installScripts } from '../../scripts/tarballs/gates/install-scripts'
import { loadsInNode } from '../../scripts/tarballs/gates/loads-in-node'
import { es2017, oldEngines } from '../../scripts/tarballs/gates/old-engines'
import { runsInAlipay } from '../../scripts/tarballs/gates/runs-in-layers'
import { serverRender } from '../../scripts/tarballs/gates/server-render'
import { thirdParties } from '../../scripts/tarballs/gates/third-parties'
import { typescriptConsumer } from '../../scripts/tarballs/gates/typescript-consumers'
import { type Made, projectOf } from '../../scripts/tarballs/wrong-packages'

// compilers and child processes on a busy machine
vi.setConfig({ testTimeout: 240_000 })

const below = mkdtempSync(join(tmpdir(), 'omokit-gates-'))
afterAll(() => rmSync(below, { recursive: true, force: true }))

const here = (major: number) => Promise.resolve({ major, path: process.execPath })
const list = join(below, 'contents.txt')
writeContents(projectOf(below).packages[0] as Project['packages'][number], list)

const gates = {
  installScripts,
  contents: contentsGate(() => list),
  filesResolve,
  es2017,
  oldEngines,
  thirdParties,
  loads: loadsInNode(20, here),
  serverRender,
  alipay: runsInAlipay({ '@omokit/tracker': ({ use }) => (use<{ one(): number }>('@omokit/tracker').one() === 1 ? undefined : 'one() is not 1') }),
} satisfies Readonly<Record<string, Gate>>

const faultsOf = async (gate: Gate, made: Made = {}): Promise<readonly string[]> => {
  const verdict = await gate.look(projectOf(below, made))
  return 'skipped' in verdict ? [`skipped: ${verdict.skipped}`] : verdict
}
const zodInside = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: "import * as z from 'zod/mini'\nexport const one = () => z.object({ sku: z.string() })", resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    format: 'cjs',
    target: 'es2017',
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

describe('a sound package', () => {
  it.each(Object.entries(gates))('passes the gate %s', async (_, gate) => {
    expect(await faultsOf(gate)).toEqual([])
  })
})

describe('the four wrong packages are caught, each by its gate', () => {
  it('a main that ends in .cjs', async () => {
    const made: Made = { manifest: { main: './dist/index.cjs' }, files: { 'dist/index.cjs': 'exports.one = 1' } }
    expect(await faultsOf(gates.filesResolve, made)).toEqual([expect.stringContaining("WeChat's builder only finds a name that ends in .js")])
    expect(await faultsOf(gates.contents, made)).toEqual([expect.stringContaining('dist/index.cjs appeared')])
  })

  it.each(['dist/index.js', 'dist/index.mjs', 'miniprogram_dist/more.js'])('`?.` in %s', async (file) => {
    const code = file.endsWith('.mjs') ? 'export const one = (a) => a?.b' : 'exports.two = function (a) { return a?.b }'
    expect(await faultsOf(gates.es2017, { files: { [file]: code } })).toEqual([expect.stringMatching(/Unexpected token/)])
  })

  it('a BigInt in core', async () => {
    const made: Made = { row: { name: '@omokit/core' }, files: { 'dist/index.js': 'exports.one = function (n) { return BigInt(n) }' } }
    expect(await faultsOf(gates.oldEngines, made)).toEqual([expect.stringContaining('BigInt')])
    expect(await faultsOf(gates.es2017, { row: { name: '@omokit/core' }, files: { 'dist/index.js': 'exports.one = 1n' } })).toHaveLength(1)
  })

  it('zod in tracker: compiled in, imported, depended on', async () => {
    const inside: Made = { files: { 'dist/index.js': await zodInside() } }
    expect(await faultsOf(gates.thirdParties, inside)).toEqual([expect.stringContaining('dist/index.js: zod is compiled in')])
    expect(await faultsOf(gates.thirdParties, { files: { 'dist/index.mjs': "export { z as one } from 'zod'" } })).toEqual([
      expect.stringContaining('imports zod, which package.json does not bring'),
    ])
    expect(await faultsOf(gates.thirdParties, { manifest: { dependencies: { zod: '4.6.7' } } })).toEqual([expect.stringContaining('depends on zod')])
  })
})

describe('every other gate can fail', () => {
  it('an install script of ours, and one that comes along', async () => {
    expect(await faultsOf(gates.installScripts, { manifest: { scripts: { postinstall: 'node x.js' } } })).toHaveLength(1)
    const project = projectOf(below)
    const lock = { packages: { 'node_modules/esbuild': { hasInstallScript: true }, 'node_modules/hono': {} } }
    writeFileSync(join(project.folder, 'node_modules/.package-lock.json'), JSON.stringify(lock))
    expect(await installScripts.look(project)).toEqual([expect.stringContaining('node_modules/esbuild')])
  })

  it('a file that appeared, one that disappeared, a source and a list that is missing', async () => {
    expect(await faultsOf(gates.contents, { files: { 'dist/fresh.js': '' } })).toEqual([expect.stringContaining('dist/fresh.js appeared')])
    expect(await faultsOf(gates.contents, { files: { LICENSE: undefined } })).toEqual([expect.stringContaining('LICENSE disappeared')])
    expect(await faultsOf(gates.contents, { files: { 'src/index.ts': '' } })).toHaveLength(2)
    expect(await faultsOf(contentsGate(() => join(below, 'none.txt')))).toHaveLength(1)
  })

  it('parts whose names carry a hash count as one kind of file', async () => {
    const made: Made = { files: { 'dist/chunk-ABCDEFGH.mjs': 'export const a = 1', 'dist/chunk-12345678.mjs': 'export const b = 1' } }
    expect(await faultsOf(gates.contents, made)).toEqual([expect.stringContaining('dist/*-HASH.mjs appeared')])
  })

  it.each([
    ['a main that is not there', { files: { 'dist/index.js': undefined } }],
    ['types that are not there', { files: { 'dist/more.d.mts': undefined } }],
    ['an entry without exports', { manifest: { exports: {} } }],
    ['no folder for a subpath', { files: { 'more/package.json': undefined } }],
    ['no mini-program file', { files: { 'miniprogram_dist/more.js': undefined } }],
    ['unpkg without its file', { manifest: { unpkg: './dist/none.js' } }],
  ] as const)('%s', async (_, made) => {
    expect((await faultsOf(gates.filesResolve, made)).length).toBeGreaterThan(0)
  })

  it('newer syntax that only a shared part has', async () => {
    const files = { 'dist/index.mjs': "export { one } from './chunk-ABCDEFGH.mjs'", 'dist/chunk-ABCDEFGH.mjs': 'export const one = { ...{} }' }
    expect(await faultsOf(gates.es2017, { files })).toEqual([expect.stringContaining('chunk-ABCDEFGH.mjs')])
  })

  it('globalThis, but not the look at it that typeof guards', async () => {
    expect(await faultsOf(gates.oldEngines, { files: { 'miniprogram_dist/index.js': 'exports.one = globalThis.wx' } })).toHaveLength(1)
    const guarded = 'var host = (typeof globalThis!=="undefined"?globalThis:typeof self!=="undefined"?self:{}); exports.one = host.Array'
    expect(await faultsOf(gates.oldEngines, { files: { 'miniprogram_dist/index.js': guarded } })).toEqual([])
  })

  it.each([
    ['throws', { 'dist/more.js': 'throw new Error("no")' }, 'require of @omokit/tracker/more: no'],
    ['exports nothing', { 'dist/index.mjs': 'export {}' }, 'import of @omokit/tracker gives nothing'],
    ['gives other names', { 'dist/index.mjs': 'export const other = 1' }, '@omokit/tracker: require gives one, import other'],
  ])('an entry that %s', async (_, files, fault) => {
    expect(await faultsOf(gates.loads, { files })).toEqual([fault])
  })

  it('a Node that is out of reach is a skip, one that is wrong a fault', async () => {
    expect(await loadsInNode(18, () => Promise.resolve({ skipped: 'no network' })).look(projectOf(below))).toEqual({ skipped: 'no network' })
    expect(await loadsInNode(18, () => Promise.resolve({ fault: '404' })).look(projectOf(below))).toEqual(['404'])
  })

  it.each([
    ['a global', 'globalThis.shop = 1; export const one = 1', 'globals'],
    ['a timer', 'setInterval(() => {}, 50).unref(); setTimeout(() => process.exit(), 2000); export const one = 1', 'handles'],
    ['a listener', "process.on('exit', () => {}); export const one = 1", 'listeners'],
    ['a changed prototype', 'Array.prototype.mine = 1; export const one = 1', 'prototypes'],
  ])('an import that leaves %s', async (_, code, what) => {
    expect(await faultsOf(gates.serverRender, { files: { 'dist/index.mjs': code } })).toEqual([`@omokit/tracker changed ${what}`])
  })

  it('in the layer: an entry that is not there, lacks a name, works wrongly, or needs what the host lacks', async () => {
    expect(await faultsOf(gates.alipay, { files: { 'more/package.json': '{"main":"../dist/none.js"}' } })).toEqual([
      expect.stringContaining('/more is not there'),
    ])
    expect(await faultsOf(gates.alipay, { files: { 'more/package.json': '{"main":"../dist/less.js"}', 'dist/less.js': 'exports.three = 3' } })).toEqual([
      expect.stringContaining('lacks two'),
    ])
    expect(await faultsOf(gates.alipay, { files: { 'dist/index.js': 'exports.one = function () { return 2 }' } })).toEqual([
      expect.stringContaining('one() is not 1'),
    ])
    expect(await faultsOf(gates.alipay, { files: { 'dist/more.js': 'exports.two = [[1]].flat()' } })).toEqual([
      expect.stringContaining('flat is not a function'),
    ])
    expect(await faultsOf(gates.alipay, { files: { 'dist/more.js': 'exports.two = require("node:fs")' } })).toEqual([
      expect.stringContaining('node:fs is found nowhere'),
    ])
  })

  it('types that do not compile, also those only a declaration names', async () => {
    const bundler = typescriptConsumer({ typescript: '6.0.3', moduleResolution: 'bundler' })
    expect(await faultsOf(bundler)).toEqual([])
    expect(await faultsOf(bundler, { files: { 'dist/more.d.mts': "import type { z } from 'zod'\nexport declare const two: z.ZodType\n" } })).toEqual([
      expect.stringContaining("Cannot find module 'zod'"),
    ])
  })
})

it('the lists of contents are in the repository', () => {
  expect(readFileSync(join(root, 'packages/omokit/contents.txt'), 'utf8')).toContain('dist/omokit.global.js')
})
