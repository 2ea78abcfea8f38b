import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createManualClock } from '@omokit/core/memory'
import { createAlipayLayer, createDouyinLayer, createWechatLayer } from '@omokit/core/testing/layers'
import type { Layer, LayerOptions, LayerServer } from '@omokit/core/testing/layers'
import { parse } from 'acorn'
import { describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'

// The page of behaviours against the layers: a row without a probe, a probe without a row and a probe that finds something else all fail.

type Name = 'wechat' | 'alipay'
/** `wx` or `my` as the code inside sees it. */
type Host = Readonly<Record<string, (option: unknown, value?: unknown) => unknown>>

const docs = join(import.meta.dirname, '../../../docs')
const rowsOf = (language: 'en' | 'zh'): readonly (readonly string[])[] =>
  readFileSync(join(docs, language, 'reference/mini-program-layers.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\|(?!---)/.test(line))
    .map((line) => line.slice(2, -2).split(' | '))
const headings = new Set(['behaviour', '行为'])
const [en, zh] = [rowsOf('en'), rowsOf('zh')].map((rows) => rows.filter(([first = '']) => !headings.has(first))) as [string[][], string[][]]
const both = en.filter((row) => row.length === 4)
const ticks = (text: string): string[] => Array.from(text.matchAll(/`([^`]+)`/g), ([, inside = '']) => inside)

const open = (name: Name, options: LayerOptions = {}): Layer => (name === 'wechat' ? createWechatLayer : createAlipayLayer)(options)
const hostIn = (layer: Layer): Host =>
  (layer.load('exports.host = typeof wx === "undefined" ? (typeof my === "undefined" ? tt : my) : wx') as { host: Host }).host
const ask = (name: Name, code: string, options?: LayerOptions): unknown => (open(name, options).load(`exports.answer = ${code}`) as { answer: unknown }).answer
const typeIn = (name: Name, what: string, options?: LayerOptions): unknown => ask(name, `typeof ${what}`, options)

/** Storage through the host's own calls, spelt alike. */
const store = (name: Name, layer: Layer) => {
  const host = hostIn(layer)
  return {
    /** What was thrown or answered in its stead; undefined when it was kept. */
    set(key: string, value: string): string | undefined {
      if (name === 'alipay') {
        const outcome = host['setStorageSync']?.({ key, data: value }) as { error?: number; errorMessage?: string }
        return outcome.error ? `answered ${outcome.errorMessage}` : undefined
      }
      try {
        host['setStorageSync']?.(key, value)
        return undefined
      } catch (thrown) {
        return `threw ${(thrown as { errMsg: string }).errMsg}`
      }
    },
    get: (key: string): unknown => (name === 'wechat' ? host['getStorageSync']?.(key) : host['getStorageSync']?.({ key })),
  }
}
const kept = (name: Name, text: string): unknown => (name === 'wechat' ? text : { data: text })

/** One request: how it ended. */
const send = async (layer: Layer, option: object = {}, meanwhile: () => unknown = () => undefined): Promise<readonly [string, Record<string, unknown>]> => {
  const answer = new Promise<readonly [string, Record<string, unknown>]>((resolve) =>
    hostIn(layer)['request']?.({
      url: 'https://hub/',
      ...option,
      success: (value: Record<string, unknown>) => resolve(['success', value]),
      fail: (value: Record<string, unknown>) => resolve(['fail', value]),
    }),
  )
  await meanwhile()
  return answer
}
const never: LayerServer = () => new Promise(() => undefined)
const status =
  (answer: number): LayerServer =>
  () =>
    Promise.resolve({ status: answer, headers: { 'content-type': 'text/plain' }, text: 'text' })

const probes: Readonly<Record<string, (name: Name, row: readonly string[]) => void | Promise<void>>> = {
  async syntax(name) {
    const code = await bundle({ file: join(import.meta.dirname, `../src/${name}/index.ts`) })
    expect(() => parse(code, { ecmaVersion: 2017, sourceType: 'script' })).not.toThrow()
    expect(open(name).load(code)).toHaveProperty(name === 'wechat' ? 'createWechatPorts' : 'createAlipayPorts')
  },
  'built-ins after ES2017 (`BigInt`, `flat`, `fromEntries`, `allSettled`, …)'(name) {
    const later = ['BigInt', '[].flat', 'Object.fromEntries', 'Promise.allSettled', '"".matchAll', 'Object.hasOwn']
    expect(later.map((each) => typeIn(name, each))).toEqual(later.map(() => 'undefined'))
    if (name === 'wechat') expect(later.map((each) => typeIn(name, each, { modern: true }))).toEqual(later.map(() => 'function'))
  },
  '`window`, `document`, `fetch`, `XMLHttpRequest`, `self`, `location`, `localStorage`': absent,
  '`globalThis`, `global`': absent,
  '`TextEncoder`, `URL`, `crypto`, `indexedDB`, `Intl`, `AbortController`, `structuredClone`, `WebAssembly`': absent,
  '`eval`, `new Function`'(name) {
    if (name === 'alipay') return expect(() => ask(name, 'new Function("return 1")')).toThrow('Code generation from strings disallowed')
    expect(typeIn(name, 'new Function("return this")')).toBe('function')
    expect(typeIn(name, 'Function("return 1")')).not.toBe('function')
    expect(typeIn(name, 'eval')).toBe('undefined')
  },
  '`setTimeout`, `setInterval`, `console`, `Promise`'(name, [first = '']) {
    for (const each of ticks(first)) expect(typeIn(name, each)).toMatch(/function|object/)
  },
  async 'order of promises'(name) {
    const clock = createManualClock()
    const order = ask(
      name,
      '(function (seen) { setTimeout(function () { seen.push("timer") }, 0); Promise.resolve().then(function () { seen.push("promise") }); return seen })([])',
      { clock },
    )
    await clock.advance(1)
    expect(Array.from(order as string[])).toEqual(['promise', 'timer'])
  },

  'limit per key'(name) {
    // the quotes around a text count
    const most = name === 'wechat' ? 1_048_576 - 2 : 200 * 1024 - 2
    expect(store(name, open(name)).set('k', 'x'.repeat(most))).toBeUndefined()
    expect(store(name, open(name)).set('k', 'x'.repeat(most + 1))).toBeTruthy()
    const wide = store(name, open(name)).set('k', '字'.repeat(Math.floor(most / 3) + 1))
    if (name === 'wechat') expect(wide).toBeTruthy()
    else expect(wide).toBeUndefined()
  },
  'limit in all'(name) {
    const layer = open(name, { taken: 10_485_760 - 100 })
    expect(store(name, layer).set('k', 'x'.repeat(97))).toBeUndefined()
    expect(layer.storage.used()).toBe(10_485_760)
    expect(store(name, layer).set('l', '')).toBeTruthy()
  },
  'what counts towards it'(name) {
    const layer = open(name)
    store(name, layer).set('é', '字')
    expect(layer.storage.used()).toBe(2 + 5)
  },
  'absent key'(name) {
    expect(store(name, open(name)).get('k')).toEqual(name === 'wechat' ? '' : { data: null })
  },
  full(name, row) {
    const layer = open(name, { taken: 10_485_760 - 50 })
    const { set, get } = store(name, layer)
    set('k', 'old')
    const outcome = set('k', 'x'.repeat(100)) ?? ''
    if (name === 'wechat') expect(outcome).toBe(`threw ${ticks(row[1] ?? '')[0]}`)
    else expect(outcome).toMatch(/^answered ./)
    expect(get('k')).toEqual(kept(name, 'old'))
  },
  'a synchronous write'(name) {
    for (const when of ['before', 'after'] as const) {
      const layer = open(name, { killAtWrite: { write: 1, when } })
      try {
        store(name, layer).set('k', 'v')
      } catch {
        // the call of a killed layer reaches nobody
      }
      expect(layer.alive).toBe(false)
      expect(store(name, layer.relaunch()).get('k')).toEqual(when === 'after' ? kept(name, 'v') : name === 'wechat' ? '' : { data: null })
    }
  },
  'no answer from storage'(name, row) {
    const layer = open(name)
    const { set, get } = store(name, layer)
    set('k', 'v')
    layer.storage.failing = true
    if (name === 'wechat') expect(() => get('k')).toThrow(expect.objectContaining({ errMsg: ticks(row[1] ?? '')[0] }) as Error)
    else expect(get('k')).toMatchObject({ data: null, error: expect.any(Number), errorMessage: expect.any(String) })
    if (name === 'alipay') expect(store(name, open(name, { absentIsError: true })).get('none')).toMatchObject({ error: expect.any(Number) })
    layer.storage.failing = false
    expect(get('k')).toEqual(kept(name, 'v'))
  },
  'odd text'(name) {
    const { set, get } = store(name, open(name))
    set('nul', 'a\u0000b')
    set('half', 'a\ud800b')
    expect([get('nul'), get('half')]).toEqual([kept(name, 'a'), kept(name, 'a\ufffdb')])
  },

  'in flight'(name) {
    let arrived = 0
    const layer = open(name, { server: () => (arrived++, never({ url: '', method: '', headers: {}, body: undefined })) })
    for (let i = 0; i < 15; i++) hostIn(layer)['request']?.({ url: 'https://hub/' })
    expect([arrived, layer.network.most]).toEqual([10, 10])
  },
  async 'longest wait'(name) {
    const waits = async (timeout: object, ms: number): Promise<void> => {
      const clock = createManualClock()
      let over = false
      const answer = send(open(name, { clock, server: never }), timeout).then(([how]) => {
        over = true
        return how
      })
      await clock.advance(ms - 1)
      expect(over).toBe(false)
      await clock.advance(1)
      expect(await answer).toBe('fail')
    }
    await waits({ timeout: 900_000 }, 60_000)
    await waits({}, name === 'wechat' ? 60_000 : 30_000)
  },
  async 'HTTP 4xx and 5xx'(name) {
    for (const code of [404, 500]) {
      const outcome = await send(open(name, { server: status(code) }))
      if (name === 'wechat') expect(outcome).toMatchObject(['success', { statusCode: code, header: {}, data: 'text' }])
      else expect(outcome).toMatchObject(['fail', { error: 19, status: code, headers: {}, data: 'text' }])
    }
    if (name === 'alipay') expect((await send(open(name, { server: status(500), bareErrors: true })))[1]).not.toHaveProperty('status')
  },
  async 'status as text'(name) {
    const [, value] = await send(open(name, { server: status(200), statusAsString: true }))
    expect(value[name === 'wechat' ? 'statusCode' : 'status']).toBe('200')
  },
  async 'header names'(name) {
    const [, value] = await send(open(name, { server: status(200) }))
    expect(Object.keys(value[name === 'wechat' ? 'header' : 'headers'] as object)).toEqual([name === 'wechat' ? 'Content-Type' : 'content-type'])
  },
  async 'no answer'(name) {
    const clock = createManualClock()
    const refused = await send(open(name))
    const late = await send(open(name, { server: never, clock }), { timeout: 10 }, () => clock.advance(10))
    if (name === 'wechat')
      expect([refused, late]).toMatchObject([
        ['fail', { errMsg: 'request:fail' }],
        ['fail', { errMsg: 'request:fail timeout' }],
      ])
    else
      expect([refused, late]).toMatchObject([
        ['fail', { error: 12 }],
        ['fail', { error: 13 }],
      ])
  },
  async 'frozen while in flight'(name) {
    const clock = createManualClock()
    const layer = open(name, { server: never, clock })
    const outcome = await send(layer, {}, async () => {
      layer.hide()
      await clock.advance(6_000)
      layer.show()
    })
    if (name === 'wechat') expect(outcome).toMatchObject(['fail', { errMsg: 'request:fail interrupted' }])
    else expect(outcome).toMatchObject(['fail', { error: 12 }])
  },

  async 'five seconds after hide'(name) {
    const clock = createManualClock()
    const layer = open(name, { clock })
    const seen: string[] = []
    hostIn(layer)['onAppShow']?.(() => seen.push('show'))
    const { later } = layer.load('exports.later = function (ms, run) { setTimeout(run, ms) }') as { later: (ms: number, run: () => void) => void }
    later(4_999, () => seen.push('before'))
    later(5_001, () => seen.push('late'))
    layer.hide()
    await clock.advance(60_000)
    expect([seen, layer.frozen]).toEqual([['before'], true])
    layer.show()
    expect(seen).toEqual(['before', 'late', 'show'])
  },
  async kill(name) {
    const clock = createManualClock()
    const layer = open(name, { clock })
    const seen: string[] = []
    const { later } = layer.load('exports.later = function (run) { setTimeout(run, 1) }') as { later: (run: () => void) => void }
    later(() => seen.push('ran'))
    layer.kill()
    await clock.advance(1_000)
    expect(() => store(name, layer).get('k')).toThrow('killed')
    expect(seen).toEqual([])
  },
  relaunch(name) {
    const layer = open(name)
    layer.load('Array.mark = 1')
    store(name, layer).set('k', 'v')
    const next = layer.relaunch()
    expect((next.load('exports.mark = typeof Array.mark') as { mark: string }).mark).toBe('undefined')
    expect(store(name, next).get('k')).toEqual(kept(name, 'v'))
  },
  '`off…()` without a listener'(name) {
    const layer = open(name)
    let heard = 0
    for (const event of ['AppHide', 'AppShow', 'MemoryWarning', 'NetworkStatusChange']) {
      for (let i = 0; i < 2; i++) hostIn(layer)[`on${event}`]?.(() => heard++)
      hostIn(layer)[`off${event}`]?.(undefined)
    }
    layer.hide()
    layer.show()
    layer.memoryWarning()
    layer.online(false)
    expect(heard).toBe(0)
  },
  entry(name) {
    const layer = open(name, { enter: { scene: 1047, query: { scene: 'c%3D9' } } })
    const heard: unknown[] = []
    hostIn(layer)['onAppShow']?.((entry: unknown) => heard.push(entry))
    const entered = (): unknown => hostIn(layer)['getEnterOptionsSync']?.(undefined)
    expect(entered()).toEqual({ scene: 1047, query: { scene: 'c%3D9' } })
    layer.hide()
    layer.show()
    layer.hide()
    layer.show({ scene: 1007, query: {} })
    expect([entered(), ...heard]).toEqual([
      { scene: 1007, query: {} },
      { scene: 1047, query: { scene: 'c%3D9' } },
      { scene: 1007, query: {} },
    ])
  },
  'memory warning, network changes'(name, row) {
    const layer = open(name)
    const heard: unknown[] = []
    for (const call of ticks(row[1] ?? '')) hostIn(layer)[call]?.((value: unknown) => heard.push(value))
    layer.memoryWarning()
    layer.online(false)
    expect(heard).toMatchObject([{ level: 10 }, { isConnected: false }])
  },

  async randomness(name) {
    if (name === 'alipay') return expect(hostIn(open(name))).not.toHaveProperty('getRandomValues')
    expect(hostIn(open(name, { noRandom: true }))).not.toHaveProperty('getRandomValues')
    let now = true
    const bytes = await new Promise<ArrayBuffer>((resolve) => {
      hostIn(open(name))['getRandomValues']?.({
        length: 6,
        success: ({ randomValues }: { randomValues: ArrayBuffer }) => (expect(now).toBe(false), resolve(randomValues)),
      })
      now = false
    })
    expect(bytes.byteLength).toBe(6)
  },
  async privacy(name) {
    const privacy = { needAuthorization: true, privacyContractName: 'terms' }
    expect(hostIn(open(name))).not.toHaveProperty('getPrivacySetting')
    if (name === 'alipay') return expect(hostIn(open(name, { privacy }))).not.toHaveProperty('getPrivacySetting')
    expect(await new Promise((success) => hostIn(open(name, { privacy }))['getPrivacySetting']?.({ success }))).toEqual(privacy)
  },
  language(name) {
    expect(hostIn(open(name))['getAppBaseInfo']?.(undefined)).toMatchObject({ language: expect.stringMatching(/^zh/) })
  },
}

function absent(name: Name, [first = '']: readonly string[]): void {
  for (const each of ticks(first)) expect([each, typeIn(name, each)]).toEqual([each, 'undefined'])
}

describe.each(['wechat', 'alipay'] as const)('the page of behaviours and the %s layer', (name) => {
  it.each(both.map((row) => [row[0] as string, row] as const))('say the same about %s', async (first, row) => {
    const probe = probes[first]
    if (!probe) throw new Error(`no probe for the row "${first}"`)
    await probe(name, row)
  })
})

describe('the page of behaviours', () => {
  it('has a row for every probe', () => {
    const rows = new Set(both.map(([first]) => first))
    expect(Object.keys(probes).filter((first) => !rows.has(first))).toEqual([])
    expect(rows.size).toBe(both.length)
  })

  it('names every call that the layers have', () => {
    const page = readFileSync(join(docs, 'en/reference/mini-program-layers.md'), 'utf8')
    const calls = [createWechatLayer({ privacy: { needAuthorization: false, privacyContractName: '' } }), createAlipayLayer(), createDouyinLayer()].flatMap(
      (layer) => Object.keys(hostIn(layer)),
    )
    // storage, requests and listeners are told by the call that stands for the family
    const family = (call: string): string =>
      call
        .replace(/^(get|set|remove)Storage(Info)?Sync$/, 'etStorage')
        .replace(/^off.*/, '`off…()`')
        .replace(/^on(AppHide|AppShow)$/, 'onAppShow')
    expect(calls.filter((call) => call !== 'request' && !page.includes(family(call)))).toEqual([])
  })

  it('gives a source for each row, of the kinds it explains', () => {
    for (const row of en) expect(row[row.length - 1]).toMatch(/typings|page|report|builder|worst case|assumed|engines/)
  })

  it('names the same things in both languages', () => {
    expect(zh.length).toBe(en.length)
    en.forEach((row, i) => expect(ticks((zh[i] ?? []).join('|')).sort()).toEqual(ticks(row.join('|')).sort()))
  })

  it('tells what Douyin does not have', () => {
    const host = hostIn(createDouyinLayer())
    for (const call of ['getRandomValues', 'getPrivacySetting', 'getAppBaseInfo', 'offMemoryWarning']) expect(host).not.toHaveProperty(call)
    expect(en.filter((row) => row.length === 3)).toHaveLength(6)
  })
})
