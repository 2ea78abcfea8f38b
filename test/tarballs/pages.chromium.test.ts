import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { noChromium } from '../../scripts/chromium/launch'
import { scriptTag, vitePage } from '../../scripts/tarballs/gates/pages'
import { projectOf } from '../../scripts/tarballs/wrong-packages'

const below = mkdtempSync(join(tmpdir(), 'omokit-pages-'))
afterAll(() => rmSync(below, { recursive: true, force: true }))

/** A shop that answers as the real one does; `send` is what it does with a fact. */
const shop = (send: string): string => `function () { return {
  start: function () { return Promise.resolve() }, consent: { grantAll: function () { return Promise.resolve() } },
  track: function () { return ${send} }, flush: function () { return Promise.resolve({ pending: 0 }) } } }`
const toHub = "fetch('/v1/facts', { method: 'POST', body: JSON.stringify({ facts: [{ kind: 'Product Viewed', seq: 1 }] }) })"
const tag = (script: string, manifest = { unpkg: './dist/omokit.global.js', jsdelivr: './dist/omokit.global.js' }) =>
  projectOf(below, {
    row: { name: 'omokit', script: { entry: '.', global: 'omokit', file: 'omokit.global.js' } },
    manifest,
    files: { 'dist/omokit.global.js': `/*! omokit, MIT */\n${script}` },
  })

describe.skipIf(noChromium)(`the gates of pages${noChromium}`, () => {
  it('let a script pass that works', async () => {
    expect(await scriptTag.look(tag(`var omokit = { createOmokit: ${shop(toHub)} }`))).toEqual([])
  })

  it('stop one that sends nothing, leaves a second global, fails to parse, or is not where unpkg looks', async () => {
    expect(await scriptTag.look(tag(`var omokit = { createOmokit: ${shop('Promise.resolve()')} }`))).toEqual(['the hub heard nothing'])
    expect(await scriptTag.look(tag(`var stray = 1, omokit = { createOmokit: ${shop(toHub)} }`))).toEqual([expect.stringContaining('stray')])
    expect((await scriptTag.look(tag('var omokit = {'))) as readonly string[]).not.toEqual([])
    expect(await scriptTag.look(tag('', { unpkg: './dist/none.js', jsdelivr: './dist/none.js' }))).toEqual(['omokit: ./dist/none.js is not there'])
    expect(await scriptTag.look(tag('', { unpkg: './dist/a.js', jsdelivr: './dist/b.js' }))).toHaveLength(1)
  })

  it('stop a package that Vite cannot build', async () => {
    const faults = (await vitePage.look(projectOf(below, { row: { name: 'omokit' }, manifest: { name: 'omokit' } }))) as readonly string[]
    expect(faults.join('\n')).toMatch(/"\.\/web" is not exported|@omokit\/rules/)
  })
})
