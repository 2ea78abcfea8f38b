import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createPlanCheck, definePlan, type PlanTable } from '@omokit/core/plan'
import { build } from 'esbuild'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { planFiles } from '../src/plan/plan-files'
import { plan } from './plan/acme.plan'
import { run } from './run-main'

const folder = join(import.meta.dirname, 'plan')
const source = join(folder, 'acme.plan.ts')
let out = ''
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'omokit-plan-'))
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

const made = planFiles(plan)

describe('omokit plan', () => {
  it('makes every file from a plan in TypeScript, and says when they are no longer what the plan says', async () => {
    const first = await run('plan', source, '--out', out)
    expect([first.code, first.err]).toEqual([0, ''])
    expect(first.out.trim().split('\n')).toEqual(Object.keys(made).map((name) => join(out, name)))
    for (const [name, text] of Object.entries(made)) expect(readFileSync(join(out, name), 'utf8')).toBe(text)
    expect((await run('plan', source, '--out', out, '--check')).code).toBe(0)
    writeFileSync(join(out, 'plan.js'), 'edited')
    const stale = await run('plan', source, '--out', out, '--check')
    expect([stale.code, stale.err]).toEqual([1, expect.stringContaining('plan.js is not what the plan says')])
  })

  it('refuses a file that is none, and one without a plan', async () => {
    expect((await run('plan')).code).toBe(2)
    expect((await run('plan', join(folder, 'nowhere.ts'))).err).toContain('No such file')
    expect((await run('plan', source, '--format', 'umd')).code).toBe(2)
    const empty = join(out, 'empty.mjs')
    writeFileSync(empty, 'export const other = 1\n')
    const refused = await run('plan', empty, '--out', out)
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('exports no plan')])
  })

  it('refuses what a small validator cannot check, with its place', () => {
    const of =
      (body: z.ZodType): (() => unknown) =>
      () =>
        planFiles(definePlan({ name: 'a', version: 1, events: { 'x:A B': { body } } }))
    expect(of(z.object({ deep: z.array(z.object({ n: z.number().multipleOf(5) })) }))).toThrow('x:A B.deep[].n: "multipleOf"')
    expect(of(z.object({ t: z.tuple([z.string()]) }))).toThrow('x:A B.t: "prefixItems"')
    expect(of(z.object({ p: z.string().regex(/\p{L}/u) }))).toThrow('x:A B.p: the pattern')
    expect(of(z.string())).toThrow('a body is an object')
    expect(() => planFiles(definePlan({ name: 'a', version: 1, events: { ['Product Seen' as 'Product Viewed']: {} } }))).toThrow('Product Seen')
  })

  it('needs no hub and no database', async () => {
    const { metafile } = await build({
      entryPoints: [join(import.meta.dirname, '../src/commands/plan.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      external: ['jiti'],
      conditions: ['@omokit/source'],
      logLevel: 'error',
    })
    const read = Object.keys(metafile.inputs)
    expect(read.some((file) => file.includes('plan-files'))).toBe(true)
    expect(read.filter((file) => /packages\/hub|pglite|kysely|node_modules\/pg\//.test(file))).toEqual([])
  })
})

describe('what it makes', () => {
  it('is data that the check reads, as a module of both kinds', async () => {
    writeFileSync(join(out, 'made.mjs'), made['plan.js'] as string)
    const loaded = (await import(pathToFileURL(join(out, 'made.mjs')).href)) as { readonly plan: PlanTable }
    const exports: { plan?: PlanTable } = {}
    new Function('exports', planFiles(plan, 'cjs')['plan.js'] as string)(exports)
    expect(exports.plan).toEqual(loaded.plan)
    const check = createPlanCheck(loaded.plan)
    const paths = (event: string, body: object): (string | undefined)[] => check.issues(event, { ...body }).map((issue) => issue.path)
    const asked = { sku: 'a', size: 'mini', answers: [{ question: 'q', score: 5 }] }
    expect(paths('x:Sample Asked', asked)).toEqual([])
    expect(paths('x:Sample Asked', { ...asked, size: 'huge', answers: [{ question: 'q', score: 6 }] })).toEqual(['size', 'answers.0.score'])
    for (const from of ['abc', null]) expect(paths('x:Sample Asked', { ...asked, from })).toEqual([])
    for (const from of ['a', 7]) expect(paths('x:Sample Asked', { ...asked, from })).toEqual(['from'])
    // the standard fields and the brand's own, both
    expect(paths('Product Viewed', { sku: 'a', shade: 'red', price: 100 })).toEqual([])
    expect(paths('Product Viewed', { shade: 'red', price: 99.5 })).toEqual(['sku', 'price'])
    expect(paths('Product Viewed', { sku: 'a', price: 2_000_000 })).toEqual(['shade', 'price'])
    expect(paths('Cart Viewed', { currency: 'CNY', products: [{}] })).toEqual(['products.0.sku'])
    expect(check.issues('x:Not Planned', {})).toHaveLength(1)
  })

  it('is a JSON Schema and a catalogue in both languages', () => {
    const schema = JSON.parse(made['plan.schema.json'] as string) as { readonly $id: string; readonly $defs: Readonly<Record<string, unknown>> }
    expect(schema.$id).toBe('urn:omokit:plan:acme:3')
    expect(Object.keys(schema.$defs)).toEqual(Object.keys(plan.events))
    const [zh, en] = [made['catalogue.zh.md'] as string, made['catalogue.en.md'] as string]
    expect(zh).toContain('## x:Sample Asked\n\n申领小样 · 阶段: 引流 · 负责人: CRM')
    expect(en).toContain('## x:Sample Asked\n\nA sample was asked for · stage: acquisition · owner: CRM')
    expect(en).toContain('| `answers` | `{ question: string; score: number }[]` | yes |')
    expect(zh).toContain('浏览商品详情')
    expect(en.match(/^#/gm)?.length).toBe(zh.match(/^#/gm)?.length)
  })
})

describe('the types it makes', () => {
  const good = `/// <reference types="miniprogram-api-typings" />
import { createPlanCheck, planned } from '@omokit/core/plan'
import type { Tracker } from '@omokit/tracker'
import { plan, type PlanBodies } from './plan'

declare const tracker: Tracker
const check = createPlanCheck(plan, { development: true, onIssue: (issue) => wx.showToast({ title: issue.code }) })
export const counts = check.counts()
export const own = planned<PlanBodies>(tracker)
App({
  onLaunch() {
    void tracker.track('x:Sample Asked', { sku: 'a', size: 'mini', answers: [] })
    void tracker.track('Product Viewed', { sku: 'a', shade: 'red', price: 100 })
    void own.track('x:Sample Asked', { sku: 'a', size: 'mini', answers: [{ question: 'q', score: 1 }] })
    void own.track('Cart Viewed', { currency: 'CNY', products: [] })
  },
})
`

  const wrong: Readonly<Record<string, string>> = {
    'a missing property': "tracker.track('x:Sample Asked', { sku: 'a', size: 'mini' })",
    'a wrong property': "tracker.track('x:Sample Asked', { sku: 7, size: 'mini', answers: [] })",
    'a choice that is none': "tracker.track('x:Sample Asked', { sku: 'a', size: 'huge', answers: [] })",
    'a standard event without the brand’s property': "tracker.track('Product Viewed', { sku: 'a', price: 1 })",
    'a standard event without its own': "own.track('Product Viewed', { shade: 'red', price: 1 })",
    'no body at all': "own.track('x:Sample Asked')",
    'an event that is not planned': "own.track('x:Sample Taken', {})",
    'a name of the DOM': 'document.title',
  }

  it('compile under strict in a mini-program’s project (ES2017, no DOM), where each of these lines does not', () => {
    const lines = Object.values(wrong).map((line, i) => `export const wrong${i} = ${line}`)
    const first = good.split('\n').length
    // one program: every fault stands on a wrong line, and every wrong line has one
    expect(faults(`${good}${lines.join('\n')}\n`)).toEqual(Object.keys(wrong).map((_, i) => `app.ts:${first + i}`))
  })
})

/** Where the compiler finds a mini-program's page beside the made files wrong, as `file:line`. */
function faults(page: string): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2017,
    lib: ['lib.es2017.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['@omokit/source'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  }
  const virtual = new Map([
    [join(folder, 'made/app.ts'), page],
    [join(folder, 'made/plan.d.ts'), made['plan.d.ts'] as string],
  ])
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, directoryExists } = host
  host.fileExists = (file) => virtual.has(file) || fileExists(file)
  host.readFile = (file) => virtual.get(file) ?? readFile(file)
  host.directoryExists = (dir) => [...virtual.keys()].some((file) => dirname(file) === dir) || (directoryExists?.(dir) ?? true)
  const program = ts.createProgram([join(folder, 'made/app.ts')], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const name = file?.fileName.split('/').at(-1) ?? ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${name}:${file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0}`
  })
}
