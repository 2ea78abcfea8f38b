import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractAnswer, contracts } from '@omokit/core/testing'
import { createAlipayLayer, createWechatLayer, type Layer, type LayerServer } from '@omokit/core/testing/layers'
import { parse } from 'acorn'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Screen } from '../../scripts/device-check/check/create-check'
import { isWhole, reportText } from '../../scripts/device-check/check/report-text'
import { runCheck, type SuiteResult } from '../../scripts/device-check/check/run-check'
import { buildProjects, deviceCheckFolder } from '../../scripts/device-check/projects'

/** The page of a project as its host makes it. */
interface PageInLayer {
  data: { screen: Screen }
  setData(data: object): void
  onLoad(): void
  start(): Promise<void>
  address(event: object): void
  language(): void
}

const server: LayerServer = async ({ url, method, headers, body = '' }) => {
  if (!url.startsWith('https://check/')) throw new Error('connection refused')
  const answer = contractAnswer({ method, headers, body, bytes: Buffer.byteLength(body), path: url.slice('https://check'.length) })
  if (answer.delay) await new Promise((resolve) => setTimeout(resolve, answer.delay))
  if (answer.end !== 'end') throw new Error('cut')
  const found = Object.entries(answer.headers).map(([name, value]): [string, string] => [name.toLowerCase(), value])
  return { status: answer.status, headers: Object.fromEntries(found), text: answer.pieces.join('') }
}
/** The project's files as its host loads them: CommonJS, each once. */
const open = (host: 'wechat' | 'alipay', layer: Layer): PageInLayer => {
  const files = ['pages/check/check.js', 'lib/adapter.js', 'lib/check.js', 'lib/built.js']
  const texts = files.map((name) => `'${name}': function (module, exports, require) {\n${readFileSync(join(deviceCheckFolder, host, name), 'utf8')}\n}`)
  const { page } = layer.load(`
    var files = { ${texts.join(',\n')} }, loaded = {}, page
    function Page(given) { page = given }
    function load(name) {
      if (!loaded[name]) files[name](loaded[name] = { exports: {} }, loaded[name].exports, function (path) { return load(path.replace('../../', '') + '.js') })
      return loaded[name].exports
    }
    load('pages/check/check.js')
    module.exports = { page: page }`) as { page: PageInLayer }
  page.setData = (data) => Object.assign(page.data, JSON.parse(JSON.stringify(data)))
  page.onLoad()
  return page
}
// a mini-program has no event streams, and no page can send itself to the background
const untested = 3
const passed = Object.values(contracts).flat().length + 1 - untested

beforeAll(() => buildProjects(), 120_000)

describe.each(['wechat', 'alipay'] as const)('the %s project of the device check', (host) => {
  it('passes everything in its layer, says so in both languages, and leaves nothing behind', async () => {
    const layer = (host === 'wechat' ? createWechatLayer : createAlipayLayer)({ server, taken: 4 * 1_048_576 })
    const page = open(host, layer)
    expect(page.data.screen).toMatchObject({ language: 'zh', phase: 'ready', text: '' })
    page.address({ detail: { value: ' https://check/ ' } })
    await page.start()
    const { screen } = page.data
    expect(screen.rows.flatMap(({ failures }) => failures)).toEqual([])
    expect(screen).toMatchObject({ phase: 'passed', progress: 100, verdict: `全部通过：${passed} 项，${untested} 项此处无法测试` })
    expect(screen.text).toContain(`host     ${host}\n`)
    expect(screen.text).toContain(`RESULT   PASS ${passed} passed, 0 failed, ${untested} not possible here, 0 suites skipped`)
    expect(isWhole(screen.text)).toBe(true)
    // filled up to see what a full storage does
    expect(layer.storage.peak).toBeGreaterThan(5_000_000)
    expect(layer.storage.entries.size).toBe(0)
    page.language()
    expect(page.data.screen.verdict).toBe(`All ${passed} passed, ${untested} not possible here`)
    expect(page.data.screen.text).toBe(screen.text)
  }, 120_000)

  it('skips the network with its reason where no address is given', async () => {
    const page = open(host, (host === 'wechat' ? createWechatLayer : createAlipayLayer)({}))
    await page.start()
    expect(page.data.screen.phase).toBe('passed')
    expect(page.data.screen.text).toContain('net      skipped: no address given')
    expect(page.data.screen.text).toContain(`RESULT   PASS ${passed + 2 - contracts.net.length} passed, 0 failed, 1 not possible here, 1 suites skipped`)
  }, 120_000)

  it("is a project the host's tools take: every page there, ES2017, no npm", () => {
    const at = (name: string): string => readFileSync(join(deviceCheckFolder, host, name), 'utf8')
    const { pages } = JSON.parse(at('app.json')) as { pages: string[] }
    const [view, style] = host === 'wechat' ? ['wxml', 'wxss'] : ['axml', 'acss']
    for (const page of pages) {
      for (const end of ['js', 'json', view, style]) expect(at(`${page}.${end}`).length).toBeGreaterThan(5)
      for (const handler of Array.from(at(`${page}.${view}`).matchAll(/(?:bind\w+|on[A-Z]\w+)="(\w+)"/g), ([, name]) => name))
        expect(at(`${page}.js`)).toContain(`  ${handler}(`)
    }
    for (const file of ['app.js', 'pages/check/check.js', ...readdirSync(join(deviceCheckFolder, host, 'lib')).map((name) => `lib/${name}`)])
      expect(() => parse(at(file), { ecmaVersion: 2018, sourceType: 'script' })).not.toThrow()
    JSON.parse(at(host === 'wechat' ? 'project.config.json' : 'mini.project.json'))
  })
})

describe('the result', () => {
  const suite: SuiteResult = { name: 'kv', state: 'passed', passed: 3, untested: 0, total: 3, ms: 12, failures: [] }
  const head = { host: 'wechat', device: 'a phone', build: '0.1.0 abc', startedAt: 0, ms: 5 }
  const text = reportText(head, [suite])

  it('is whole when it was pasted with other line ends, and not when a word of it was changed', () => {
    expect(isWhole(text)).toBe(true)
    expect(isWhole(`\n${text.replace(/\n/g, ' \r\n')}\n`)).toBe(true)
    expect(isWhole(text.replace('3/3', '2/3'))).toBe(false)
    expect(isWhole(text.replace('FAIL', 'PASS').replace('0 failed', '1 failed'))).toBe(false)
    expect(isWhole('')).toBe(false)
  })

  it('names what failed, in a check that finds another seal and an adapter that does nothing', async () => {
    const nothing = { harness: () => ({ open: () => ({}) as never, restart: () => ({}) as never, url: '' }), clean: () => undefined }
    const suites = await runCheck({ ...nothing, skips: { net: 'no address' }, seals: 'other' }, () => undefined)
    const failed = reportText(head, suites)
    expect(failed).toMatch(/RESULT {3}FAIL \d+ passed, \d+ failed, \d+ not possible here, 1 suites skipped/)
    expect(failed).toMatch(/FAILED 60 random baskets have the seals they have in Node: .{43} instead of other/)
    expect(suites.find(({ name }) => name === 'kv')).toMatchObject({ state: 'failed', passed: 0 })
  }, 120_000)
})
