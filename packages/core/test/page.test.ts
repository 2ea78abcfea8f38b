import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { createSlimClock } from '@omokit/core'
import { createOutbox, type OutboxLimits } from '@omokit/core/outbox'
import { createPageOutbox, createPagePorts } from '@omokit/core/page'
import { createWebPorts } from '@omokit/core/web'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ok, refusal, type FakeHub } from './fake-hub'
import { openBrowser, type Browser } from './page-browser'

let browser: Browser
let hub: Browser['hub']
let clock: Browser['clock']
let storage: Storage

beforeEach(() => {
  browser = openBrowser()
  ;({ hub, clock, storage } = browser)
})
afterEach(() => vi.unstubAllGlobals())

const open = (limits?: OutboxLimits, start?: boolean) => browser.open({ ports: createPagePorts, create: createPageOutbox }, limits, start)

const viewed = (n: number) => ({ kind: 'Product Viewed', body: { n } })
const numbers = (): unknown[] => hub.of('Product Viewed').map(({ n }) => n)
const keys = (start: string): string[] => browser.keys(start)
const stream = () => [...hub.streams.values()][0] as NonNullable<ReturnType<FakeHub['streams']['get']>>

describe('the outbox of a page', () => {
  it('touches nothing before the first fact, started or not, hidden or shown', async () => {
    const databases = vi.spyOn(indexedDB, 'open')
    const page = open({}, false)
    expect(databases).not.toHaveBeenCalled()
    page.outbox.start()
    page.goes()
    page.back()
    await clock.advance(3_600_000)
    expect([await indexedDB.databases(), Object.keys(storage), hub.requests.length]).toEqual([[], [], 0])
    await page.outbox.stop()
  })

  it('journals a fact before append returns, stores it, and sends it after the linger', async () => {
    const { outbox, ports } = open()
    const stored = outbox.append(viewed(1))
    expect(keys('h:').concat(keys('j:1:'))).toHaveLength(2)
    const { stream: id, seq } = await stored
    expect(await ports.records.read(id, 1, 9, 1e9)).toEqual([{ seq, text: expect.stringContaining('"n":1') as string }])
    expect(hub.requests).toEqual([])
    await vi.waitFor(async () => {
      await clock.advance(1000)
      expect(numbers()).toEqual([1])
    })
    expect(await outbox.flush()).toEqual({ sent: 0, acked: 0, pending: 0, quarantined: 0 })
  })

  it('keeps the order of a burst in one stream, gapless from 1', async () => {
    const { outbox } = open({ batch: 7 })
    const refs = await Promise.all(Array.from({ length: 40 }, (_, n) => outbox.append(viewed(n))))
    expect(refs.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
    expect(await outbox.flush()).toEqual({ sent: 40, acked: 40, pending: 0, quarantined: 0 })
    expect(numbers()).toEqual(Array.from({ length: 40 }, (_, n) => n))
    expect(hub.streams.size).toBe(1)
  })

  it('refuses what is no event, what is too large, and everything after stop, and says so', async () => {
    const { outbox, issues } = open()
    const bad = [
      { kind: 'Facts Lost', body: { ranges: [] } },
      { kind: 'nonsense', body: {} },
      { kind: 'Product Viewed', body: { text: '字'.repeat(30_000) } },
    ]
    for (const draft of bad) await expect(outbox.append(draft)).rejects.toMatchObject({ name: 'OmoError' })
    await outbox.stop()
    await expect(outbox.append(viewed(1))).rejects.toMatchObject({ code: 'closed' })
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'unknown-kind Facts Lost',
      'unknown-kind nonsense',
      'too-large Product Viewed',
      'closed Product Viewed',
    ])
    expect(await outbox.flush()).toMatchObject({ issue: { code: 'closed' } })
  })

  it('hands a host that throws nothing back', async () => {
    const ports = createPagePorts({ brand: 'demo' })
    const outbox = createPageOutbox({
      ports,
      clock: createSlimClock(ports),
      hub: 'https://hub.example',
      key: 'pk',
      onIssue: () => {
        throw new Error('host')
      },
    })
    await expect(outbox.append({ kind: 'nonsense', body: {} })).rejects.toMatchObject({ code: 'unknown-kind' })
  })
})

describe('what a page left', () => {
  it('is sent by the next page, in its own stream, and every trace of it goes', async () => {
    hub.fault = () => refusal(503, 'unavailable')
    const first = open()
    await first.outbox.append(viewed(1))
    await first.outbox.append(viewed(2))
    first.goes()
    first.die()
    hub.fault = undefined
    const second = open()
    expect(await second.outbox.flush()).toMatchObject({ sent: 2, acked: 2, pending: 0 })
    expect(numbers()).toEqual([1, 2])
    expect([await second.ports.records.streams(), keys('h:'), await second.ports.kv.get(`s/${[...hub.streams.keys()][0]}`)]).toEqual([[], [], null])
  })

  it('may be in the journal alone', async () => {
    const first = open()
    vi.stubGlobal('indexedDB', { open: () => ({}) }) // its database never opens
    for (let n = 1; n < 4; n++) first.outbox.append(viewed(n)).catch(() => {})
    first.die()
    vi.stubGlobal('indexedDB', new IDBFactory())
    expect(await open().outbox.flush()).toMatchObject({ acked: 4, pending: 0 })
    // the page did not say where it was: what it may have used is stated
    expect([numbers(), hub.of('Facts Lost')]).toEqual([[1, 2, 3], [{ ranges: [[4, 8]], cause: 'abandoned' }]])
    await vi.waitFor(() => expect(keys('')).toEqual([]))
  })

  it('in order leaves nothing to state; what it told with its last words is not sent for nothing', async () => {
    hub.fault = (request) => (request.keepalive ? undefined : refusal(503, 'unavailable'))
    const first = open()
    for (let n = 1; n < 4; n++) await first.outbox.append(viewed(n))
    first.goes()
    expect(hub.requests.filter(({ keepalive }) => keepalive)).toHaveLength(1)
    first.die()
    hub.fault = undefined
    await open().outbox.flush()
    expect([numbers(), hub.of('Facts Lost'), stream().duplicates]).toEqual([[1, 2, 3], [], 3])
  })

  it('stays with the page that lives', async () => {
    hub.fault = () => refusal(503, 'unavailable')
    const [first, second] = [open(), open()]
    await first.outbox.append(viewed(1))
    await second.outbox.append(viewed(2))
    hub.fault = undefined
    expect(await second.outbox.flush()).toMatchObject({ sent: 1, pending: 1 })
    expect(await first.outbox.flush()).toMatchObject({ sent: 1, pending: 0 })
    expect(hub.streams.size).toBe(2)
  })

  it('is looked for again a few times: its page may only be on its way out', async () => {
    const first = open({}, false)
    await first.outbox.append(viewed(1))
    const second = open()
    expect(await second.outbox.flush()).toMatchObject({ sent: 0, pending: 1 })
    first.die()
    await vi.waitFor(async () => {
      await clock.advance(1000)
      expect(numbers()).toEqual([1])
    })
    await second.outbox.stop()
  })

  it('is taken up by an outbox of all lanes, and the other way round', async () => {
    hub.fault = () => refusal(503, 'unavailable')
    const first = open()
    await first.outbox.append(viewed(1))
    first.die()
    hub.fault = undefined
    const ports = { ...createWebPorts({ brand: 'demo' }), net: hub, time: clock.time, timer: clock.timer }
    const whole = createOutbox({ ports, clock: createSlimClock(ports), hub: 'https://hub.example', key: 'pk_test_demo_x' })
    expect(await whole.flush()).toMatchObject({ pending: 0 })
    expect(numbers()).toEqual([1])
    hub.fault = () => refusal(503, 'unavailable')
    await whole.append(viewed(2))
    await whole.append({ kind: 'Order Completed', body: { n: 3 } })
    await whole.stop()
    hub.fault = undefined
    const last = open()
    // the order is of trade, and stays for an outbox that has that lane
    expect(await last.outbox.flush()).toMatchObject({ sent: 1, pending: 1 })
    expect([numbers(), hub.of('Order Completed')]).toEqual([[1, 2], []])
  })

  it('is left alone once another outbox ended it', async () => {
    hub.fault = () => refusal(503, 'unavailable')
    const first = open()
    const { stream: id } = await first.outbox.append(viewed(1))
    hub.fault = undefined
    await first.ports.records.set(`e/${id}`, 'purge')
    // the living page begins another stream; nobody sends the purged one
    expect(await first.outbox.flush()).toMatchObject({ sent: 0 })
    expect((await first.outbox.append(viewed(2))).stream).not.toBe(id)
    await first.outbox.flush()
    expect(numbers()).toEqual([2])
  })
})

describe('a page that comes back', () => {
  it('from where it was frozen goes on with another stream, and sends what the first held', async () => {
    hub.fault = () => refusal(503, 'unavailable')
    const page = open()
    const one = await page.outbox.append(viewed(1))
    page.freeze()
    const other = await page.outbox.append(viewed(2))
    hub.fault = undefined
    expect(other.stream).not.toBe(one.stream)
    await page.outbox.flush()
    expect(numbers().sort()).toEqual([1, 2])
  })
})

describe('a hub', () => {
  it('that answers nothing good is asked less and less, and left alone as long as it asks', async () => {
    const page = open()
    hub.fault = () => refusal(429, 'rate-limited', { 'retry-after': '600' })
    await page.outbox.append(viewed(1))
    expect(await page.outbox.flush()).toMatchObject({ sent: 0, pending: 1, issue: { code: 'rate-limited' } })
    const asked = hub.requests.length
    hub.fault = undefined
    await clock.advance(500_000)
    expect(await page.outbox.flush()).toMatchObject({ issue: { code: 'rate-limited' } })
    page.goes()
    expect(hub.requests).toHaveLength(asked)
    await clock.advance(101_000)
    await vi.waitFor(() => expect(numbers()).toEqual([1]))
  })

  it('that refuses a fact finds the rest, and the fact is put aside', async () => {
    hub.refuse = (fact) => ((fact['body'] as { n: number }).n === 2 ? 'invalid' : undefined)
    const { outbox, ports, issues } = open()
    for (let n = 1; n < 5; n++) await outbox.append(viewed(n))
    expect(await outbox.flush()).toMatchObject({ sent: 4, acked: 3, pending: 0, quarantined: 1 })
    const id = [...hub.streams.keys()][0] as string
    expect(await ports.records.get(`q/${id}.2`)).toMatchObject({ code: 'invalid', text: expect.stringContaining('"n":2') as string })
    expect(issues).toEqual([{ code: 'invalid', path: `${id}.2` }])
  })

  it('that refuses a whole request gets it in halves, until the one at fault stands alone and is stated', async () => {
    hub.fault = (_, parsed) => (parsed().facts.some(({ body }) => body['n'] === 5) ? { status: 413, headers: {}, text: 'too large' } : undefined)
    const { outbox } = open()
    for (let n = 1; n < 9; n++) await outbox.append(viewed(n))
    expect(await outbox.flush()).toMatchObject({ pending: 0, quarantined: 1 })
    expect([numbers(), hub.of('Facts Lost')]).toEqual([[1, 2, 3, 4, 6, 7, 8], [{ ranges: [[5, 5]], cause: 'corrupt' }]])
    // asked again it is not stated again
    await outbox.flush()
    expect(hub.of('Facts Lost')).toHaveLength(1)
  })

  it('is told from a box in between: what that refuses stays', async () => {
    hub.fault = () => ({ status: 400, headers: {}, text: '{"name":"ZodError","issues":[{"code":"invalid_type"}]}' })
    const { outbox } = open()
    await outbox.append(viewed(1))
    expect(await outbox.flush()).toMatchObject({ sent: 0, pending: 1, quarantined: 0, issue: { code: 'unavailable', have: 400 } })
    hub.fault = undefined
    await clock.advance(600_000)
    await vi.waitFor(() => expect(numbers()).toEqual([1]))
    expect(hub.of('Facts Lost')).toEqual([])
  })

  it('whose wish for peace is over gets the last words', async () => {
    hub.fault = (_, parsed) => (parsed().facts.length > 1 ? { status: 413, headers: { 'retry-after': '60' }, text: '' } : undefined)
    const page = open()
    await page.outbox.append(viewed(1))
    await page.outbox.append(viewed(2))
    expect(await page.outbox.flush()).toMatchObject({ acked: 2, pending: 0 })
    await page.outbox.append(viewed(3))
    page.goes()
    expect(hub.requests.filter(({ keepalive }) => keepalive)).toHaveLength(1)
  })

  it('that shows a fork gets nothing more of that stream', async () => {
    const { outbox, ports, issues } = open()
    const { stream: id } = await outbox.append(viewed(1))
    hub.twist = (answer) => ({ ...answer, fork: true })
    expect(await outbox.flush()).toMatchObject({ issue: { code: 'stream-fork' } })
    hub.twist = (answer) => answer
    expect(issues).toEqual([expect.objectContaining({ code: 'stream-fork', path: id })])
    expect((await outbox.append(viewed(2))).stream).not.toBe(id)
    expect(await ports.records.get(`e/${id}`)).toBe('fork')
    await outbox.flush()
    expect(numbers()).toEqual([1, 2])
  })

  it('that is none, or acknowledges what it never saw, loses nothing', async () => {
    const { outbox } = open()
    await outbox.append(viewed(1))
    for (const text of ['<html>', '{}', '{"through":"all","except":[],"server_time":1}', '[1]', '{"issues":5}']) {
      hub.fault = () => ({ status: 200, headers: {}, text })
      expect(await outbox.flush()).toMatchObject({ acked: 0, pending: 1 })
      hub.fault = () => ok({ through: 0, except: [], server_time: 1, gaps: [] })
      await clock.advance(600_000)
    }
    hub.fault = undefined
    hub.twist = (answer) => ({ ...answer, through: answer.through + 100 })
    await clock.advance(600_000)
    await outbox.flush()
    hub.twist = (answer) => answer
    await outbox.append(viewed(2))
    await outbox.flush()
    expect(numbers()).toEqual([1, 2])
  })
})

describe('a store', () => {
  it('that is full lets the oldest go, states them, and takes the new ones', async () => {
    hub.fault = () => refusal(503, 'unavailable')
    const { outbox, issues } = open({ observeFacts: 40 })
    for (let n = 1; n <= 60; n++) await outbox.append(viewed(n))
    await vi.waitFor(() => expect(issues.some(({ code }) => code === 'quota')).toBe(true))
    hub.fault = undefined
    await vi.waitFor(async () => {
      await clock.advance(600_000)
      expect(await outbox.flush()).toMatchObject({ pending: 0 })
    })
    const lost = hub.of('Facts Lost').flatMap(({ ranges }) => ranges as [number, number][])
    const gone = lost.reduce((sum, [from, to]) => sum + to - from + 1, 0)
    expect(gone).toBeGreaterThanOrEqual(17)
    expect(numbers()).toContain(60)
    // every number is with the hub or stated, and none is both
    const { facts, settled } = stream()
    expect([...settled].sort((a, b) => a - b)).toEqual(Array.from({ length: Math.max(...facts.keys()) }, (_, i) => i + 1))
  })

  it('that fails for a while is tried again under other numbers, and the lost ones are stated', async () => {
    const { outbox } = open()
    await outbox.append(viewed(1))
    const put = vi.spyOn(IDBObjectStore.prototype, 'put')
    const full = (): never => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    put.mockImplementationOnce(full).mockImplementationOnce(full)
    await outbox.append(viewed(2))
    await vi.waitFor(async () => {
      await clock.advance(60_000)
      expect(await outbox.flush()).toMatchObject({ pending: 0 })
    })
    expect(numbers().sort()).toEqual([1, 2])
    expect(put.mock.calls.length).toBeGreaterThan(2)
    put.mockRestore()
  })

  it('that is not there leaves localStorage, and without either the page itself', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const first = open()
    hub.fault = () => refusal(503, 'unavailable')
    await first.outbox.append(viewed(1))
    first.goes()
    first.die()
    hub.fault = undefined
    expect(await open().outbox.flush()).toMatchObject({ acked: 1, pending: 0 })
    vi.stubGlobal('localStorage', undefined)
    const bare = open()
    await bare.outbox.append(viewed(2))
    expect(await bare.outbox.flush()).toMatchObject({ acked: 1 })
    expect(numbers()).toEqual([1, 2])
    expect(bare.issues).toEqual(
      expect.arrayContaining([
        { code: 'unavailable', path: 'indexeddb' },
        { code: 'unavailable', path: 'localstorage' },
      ]),
    )
  })

  it('keeps the journal while it is full of the host: the table does', async () => {
    vi.spyOn(Object.getPrototypeOf(storage) as Storage, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    const { outbox } = open()
    await outbox.append(viewed(1))
    expect(await outbox.flush()).toMatchObject({ acked: 1 })
    vi.restoreAllMocks()
  })
})
