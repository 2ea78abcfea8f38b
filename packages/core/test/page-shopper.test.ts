import 'fake-indexeddb/auto'
import { createSlimClock, type Fact } from '@omokit/core'
import { createOutbox, type OutboxLimits } from '@omokit/core/outbox'
import { createPageInspector, createPageOutbox, createPagePorts } from '@omokit/core/page'
import { createWebPorts } from '@omokit/core/web'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { refusal } from './fake-hub'
import { openBrowser, shopper, viewed, type Browser } from './page-browser'

let browser: Browser
beforeEach(() => void (browser = openBrowser()))
afterEach(() => vi.unstubAllGlobals())

const open = (limits?: OutboxLimits, start?: boolean) => browser.open(shopper, limits, start)
const consent = (decided: number) => ({ kind: 'Consent Recorded', body: { type: 'consent', granted: true, purposes: ['analytics'], decided } })
const laneOf = (stream: string) => browser.hub.streams.get(stream)?.lane

/** An outbox of all lanes on the same storage. */
function openWhole() {
  const ports = { ...createWebPorts({ brand: 'demo' }), net: browser.hub, time: browser.clock.time, timer: browser.clock.timer }
  return createOutbox({ ports, clock: createSlimClock(ports), hub: 'https://hub.example', key: 'pk_test_demo_x', limits: { journal: 1 } })
}

describe('a receipt of consent', () => {
  it('is the one record of a stream of trade, sent before any event, and leaves nothing behind', async () => {
    const { outbox, ports } = open()
    await outbox.append(viewed(1))
    const ref = await outbox.append(consent(5))
    expect(ref.seq).toBe(1)
    expect(browser.keys('j:1:__')).toEqual([])
    expect(await outbox.readTrade()).toEqual([
      { stream: ref.stream, seq: 1, text: expect.stringMatching(/^{"prev":"",/) as string, fact: expect.objectContaining({ seq: 1, ...consent(5) }) as Fact },
    ])
    expect(await outbox.flush()).toMatchObject({ sent: 2, acked: 2, pending: 0 })
    expect(browser.hub.requests.map(({ body }) => (JSON.parse(body as string) as { lane: string }).lane)).toEqual(['trade', 'observe'])
    expect([laneOf(ref.stream), await outbox.readTrade()]).toEqual(['trade', []])
    await outbox.stop()
    const next = open()
    await next.outbox.flush()
    expect([await ports.names(''), browser.keys('')]).toEqual([[], []])
  })

  it('is sent by whichever page comes next, once', async () => {
    browser.offline()
    const first = open()
    const { stream } = await first.outbox.append(consent(5))
    expect(await first.outbox.flush()).toMatchObject({ sent: 0, pending: 1, issue: { code: 'unavailable' } })
    first.die()
    browser.online()
    const [second, third] = [open(), open()]
    await Promise.all([second.outbox.flush(), third.outbox.flush()])
    expect([browser.hub.of('Consent Recorded'), browser.hub.streams.get(stream)?.duplicates]).toEqual([[consent(5).body], 0])
  })

  it('that cannot be stored is rejected and told, and nothing of it is there', async () => {
    const { outbox, issues } = open()
    await outbox.append(viewed(1))
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    await expect(outbox.append(consent(5))).rejects.toMatchObject({ code: 'quota' })
    put.mockRestore()
    expect(issues).toEqual([{ code: 'quota', path: 'Consent Recorded' }])
    await outbox.flush()
    expect([browser.hub.of('Consent Recorded'), browser.numbers()]).toEqual([[], [1]])
  })

  it('that the hub refuses is put aside, and the rest goes on', async () => {
    browser.hub.refuse = ({ kind }) => (kind === 'Consent Recorded' ? 'invalid' : undefined)
    const { outbox, ports } = open()
    const { stream } = await outbox.append(consent(5))
    await outbox.append(viewed(1))
    expect(await outbox.flush()).toMatchObject({ pending: 0, quarantined: 1 })
    expect([await ports.names('q/'), browser.numbers()]).toEqual([[stream + '.1'], [1]])
  })

  it('that became unreadable is stated lost in its own stream', async () => {
    const { outbox, ports } = open()
    const stream = '__broken12345678901234'
    await ports.addTrade(stream, '{"prev":"",garbled')
    await outbox.append(viewed(1))
    browser.hub.fault = ({ body }) => (String(body).includes('garbled') ? refusal(400, 'malformed') : undefined)
    expect(await outbox.flush()).toMatchObject({ quarantined: 1 })
    await vi.waitFor(async () => {
      await browser.clock.advance(60_000)
      expect(await outbox.flush()).toMatchObject({ pending: 0 })
    })
    expect([browser.hub.of('Facts Lost'), laneOf(stream), browser.numbers()]).toEqual([[{ ranges: [[1, 1]], cause: 'corrupt' }], 'trade', [1]])
  })

  it('stands in a stream that is named once, whatever was stated in it', async () => {
    const { ports } = open()
    await ports.addTrade('__one-and-its-statement', '{"prev":""}')
    await ports.records.append('__one-and-its-statement', 2, '{"kind":"Facts Lost"}')
    expect(await ports.records.streams()).toEqual(['__one-and-its-statement'])
  })

  it('goes to an outbox of all lanes where that comes next, which keeps none of it', async () => {
    browser.offline()
    const first = open()
    await first.outbox.append(consent(5))
    first.die()
    browser.online()
    const whole = openWhole()
    expect((await whole.readTrade()).map(({ fact }) => fact.body)).toEqual([consent(5).body])
    expect(await whole.flush()).toMatchObject({ acked: 1, pending: 0 })
    await whole.flush()
    expect([browser.hub.of('Consent Recorded'), browser.hub.of('Stream Ended'), await whole.readTrade()]).toEqual([[consent(5).body], [], []])
    await whole.stop()
  })

  it('that an outbox of all lanes left is its own to send', async () => {
    browser.offline()
    const whole = openWhole()
    await whole.append(consent(5))
    await whole.append({ kind: 'Order Completed', body: { orderId: 'o' } })
    await whole.stop()
    browser.online()
    const { outbox } = open()
    await outbox.append(consent(6))
    expect(await outbox.flush()).toMatchObject({ sent: 1, pending: 2 })
    const last = openWhole()
    expect(await last.flush()).toMatchObject({ pending: 0 })
    expect(browser.hub.of('Consent Recorded').map(({ decided }) => decided)).toEqual([6, 5])
    await last.stop()
  })
})

describe('a stream', () => {
  it('ends at logout: what comes after goes into another, in every tab, and all of it is sent', async () => {
    browser.offline()
    const [page, other] = [open(), open()]
    const before = await page.outbox.append(viewed(1))
    const there = await other.outbox.append(viewed(2))
    const rotated = page.outbox.rotate()
    const after = await page.outbox.append(viewed(3))
    await rotated
    browser.online()
    await Promise.all([page.outbox.flush(), other.outbox.flush()])
    const next = await other.outbox.append(viewed(4))
    expect(new Set([before, there, after, next].map(({ stream }) => stream)).size).toBe(4)
    await Promise.all([page.outbox.flush(), other.outbox.flush()])
    expect(browser.numbers().sort()).toEqual([1, 2, 3, 4])
    expect(await page.ports.names('e/')).toEqual([])
  })

  it('that is purged sends nothing more, in no tab, and says so: what the hub had of it, and how many were deleted', async () => {
    const [page, other, third] = [open(), open(), open()]
    const { stream } = await page.outbox.append(viewed(1))
    await page.outbox.flush()
    browser.offline()
    await page.outbox.append(viewed(2))
    await page.outbox.append(viewed(3))
    await page.outbox.flush()
    const { stream: never } = await other.outbox.append(viewed(4))
    third.die()
    const purged = page.outbox.rotate({ purge: true })
    await page.outbox.append(viewed(5))
    await purged
    browser.online()
    await browser.clock.advance(600_000)
    for (const one of [page, other, page]) await one.outbox.flush()
    expect(browser.numbers()).toEqual([1, 5])
    // nothing of the other tab's stream had left the device: the hub knows nothing of it
    expect(browser.hub.of('Stream Ended')).toEqual([{ stream, through: 1, purged: 2 }])
    expect([browser.hub.streams.has(never), await page.ports.names('e/')]).toEqual([false, []])
  })

  it('that is purged takes what the hub had refused of it along, but no receipt', async () => {
    browser.hub.refuse = () => 'invalid'
    const { outbox, ports } = open()
    await outbox.append(viewed(1))
    const { stream } = await outbox.append(consent(5))
    await outbox.flush()
    expect(await ports.names('q/')).toHaveLength(2)
    await outbox.rotate({ purge: true })
    expect(await ports.names('q/')).toEqual([stream + '.1'])
  })

  it('that was being purged when its page died is ended by the next', async () => {
    const first = open()
    const { stream } = await first.outbox.append(viewed(1))
    await first.outbox.flush()
    browser.offline()
    await first.outbox.append(viewed(2))
    await first.ports.records.set('e/' + stream, 'purge')
    first.die()
    browser.online()
    const second = open()
    await second.outbox.flush()
    expect([browser.numbers(), browser.hub.of('Stream Ended')]).toEqual([[1], [{ stream, through: 1, purged: 1 }]])
    await second.outbox.flush()
    expect(browser.hub.of('Stream Ended')).toHaveLength(1)
  })

  it('that was purged counts what the hub took after all', async () => {
    const first = open()
    const { stream } = await first.outbox.append(viewed(1))
    await first.outbox.flush()
    first.die()
    // decided while the answer was still out
    await first.ports.records.set('e/' + stream, { through: 0, purged: 3 })
    await open().outbox.flush()
    expect(browser.hub.of('Stream Ended')).toEqual([{ stream, through: 1, purged: 2 }])
  })

  it('that is purged while an event waits for room gets it no more, nor does the next', async () => {
    browser.offline()
    const { outbox } = open()
    await outbox.append(viewed(1))
    const store = IDBObjectStore.prototype.put
    let fails = 2 // a table is tried again once
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (String(key).startsWith('r:') && fails-- > 0) throw new DOMException('full', 'QuotaExceededError')
      return store.call(this, value, key)
    })
    const refused = expect(outbox.append(viewed(2))).rejects.toMatchObject({ code: 'quota' })
    await outbox.rotate({ purge: true })
    await refused
    put.mockRestore()
    browser.online()
    await outbox.flush()
    expect(browser.numbers()).toEqual([])
  })

  it('that a fork ended stays as it is', async () => {
    const { outbox, ports } = open()
    const { stream } = await outbox.append(viewed(1))
    browser.hub.twist = (answer) => ({ ...answer, fork: true })
    await outbox.flush()
    browser.hub.twist = (answer) => answer
    await outbox.flush()
    expect([await ports.records.get('e/' + stream), browser.hub.of('Stream Ended')]).toEqual(['fork', []])
  })

  it('of a page without trade is sent to its end by that page once it was ended', async () => {
    browser.offline()
    const first = open()
    await first.outbox.append(viewed(1))
    await first.outbox.rotate()
    first.die()
    browser.online()
    const plain = browser.open({ ports: createPagePorts, create: createPageOutbox })
    expect(await plain.outbox.flush()).toMatchObject({ acked: 1, pending: 0 })
    expect([browser.numbers(), await first.ports.names('e/')]).toEqual([[1], []])
  })
})

it('can be looked at: what is held, stream by stream, and what the hub refused', async () => {
  browser.hub.refuse = (fact) => ((fact['body'] as { n: number }).n === 2 ? 'invalid' : undefined)
  const { outbox, ports } = open()
  const { stream } = await outbox.append(viewed(1))
  await outbox.append(viewed(2))
  await outbox.flush()
  browser.offline()
  await outbox.append(viewed(3))
  const { stream: receipt } = await outbox.append(consent(5))
  const { stats, quarantine, discard } = createPageInspector(ports)
  expect(await stats()).toEqual({
    streams: [
      { stream: receipt, lane: 'trade', head: 1, acked: 0, pending: 1 },
      { stream, lane: 'observe', head: 3, acked: 2, pending: 1 },
    ],
    pending: 2,
    quarantined: 1,
  })
  expect(await quarantine()).toEqual([{ stream, seq: 2, code: 'invalid', text: expect.stringContaining('"n":2') as string }])
  await discard({ stream, seq: 2 })
  expect(await quarantine()).toEqual([])
})
