import { codeOf, createClock, factKinds, OmoError } from '@omokit/core'
import type { Issue } from '@omokit/core'
import { createManualClock, createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import type { ManualClock, MemoryDevice, MemoryPorts } from '@omokit/core/memory'
import { createOutbox } from '@omokit/core/outbox'
import type { Outbox, OutboxLimits } from '@omokit/core/outbox'
import { beforeEach, describe, expect, it } from 'vitest'
import { laneOfKind, tradeKinds } from '../src/fact-lanes'
import { createFakeHub, ok, refusal } from './fake-hub'
import type { FakeHub } from './fake-hub'

interface Running {
  readonly outbox: Outbox
  readonly ports: MemoryPorts
  readonly issues: Issue[]
}

let hub: FakeHub
let clock: ManualClock
let device: MemoryDevice

beforeEach(() => {
  hub = createFakeHub()
  clock = createManualClock()
  device = createMemoryDevice()
})

function run(limits: OutboxLimits = {}, on: MemoryDevice = device): Running {
  const issues: Issue[] = []
  const ports = createMemoryPorts({ brand: 'demo', device: on, net: hub, time: clock.time, timer: clock.timer })
  const outbox = createOutbox({
    ports,
    clock: createClock({ time: ports.time, kv: ports.kv }),
    hub: 'https://hub.example',
    key: 'pk_test_demo_x',
    limits,
    onIssue: (issue) => issues.push(issue),
  })
  return { outbox, ports, issues }
}

const viewed = (n: number) => ({ kind: 'Product Viewed', body: { n } })
const order = (n: number) => ({ kind: 'Order Completed', body: { n } })

const read = (ports: MemoryPorts, prefix: string): string[] =>
  Array.from(ports.host.device.kv.keys()).filter((key) => key.startsWith(`omokit:demo:main:${prefix}`))
const logOf = (stream: string) => device.logs.get(`omokit:demo:main:${stream}`)

describe('records that have lost their head', () => {
  it('are sent, and what is missing below them is stated', async () => {
    const { outbox, ports } = run()
    const text = (n: number): string => JSON.stringify({ kind: 'Product Viewed', at: 0, tz: 0, mono: 0, src: 'device', body: { n } })
    await ports.log.open('left').append(2, [text(2), text(3)])
    await outbox.flush()
    expect(await outbox.flush()).toMatchObject({ pending: 0 })
    expect([hub.of('Product Viewed').map(({ n }) => n), hub.of('Facts Lost')]).toEqual([[2, 3], [{ ranges: [[1, 1]], cause: 'corrupt' }]])
    await outbox.stop()
  })
})

describe('before the first append', () => {
  it('touches nothing, started or not, hidden, shown or online', async () => {
    const { outbox, ports } = run()
    outbox.start()
    ports.host.hide()
    ports.host.show()
    ports.host.online(true)
    await clock.advance(3_600_000)
    await outbox.stop()
    expect([device.kv.size, device.logs.size, hub.requests.length, clock.waiting]).toEqual([0, 0, 0, 0])
  })

  it('refuses what it will never send without touching anything', async () => {
    const { outbox, issues } = run()
    const codes = await Promise.all(
      [
        { kind: 'nothing known', body: {} },
        { kind: 'constructor', body: {} },
        { kind: '__proto__', body: {} },
        { kind: 'x:', body: {} },
        { kind: 'Facts Lost', body: {} },
        { kind: 'Stream Ended', body: {} },
        { kind: 'Product Viewed', body: { text: 'x'.repeat(64_000) } },
        { kind: 'Product Viewed', body: { text: '价'.repeat(22_000) } },
      ].map((draft) => outbox.append(draft).catch(codeOf)),
    )
    expect(codes).toEqual(['unknown-kind', 'unknown-kind', 'unknown-kind', 'unknown-kind', 'wrong-lane', 'wrong-lane', 'too-large', 'too-large'])
    expect(issues.map((issue) => issue.code)).toEqual(codes)
    expect(device.kv.size + device.logs.size).toBe(0)
  })
})

describe('append', () => {
  it('journals before it returns once the stream is open', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(viewed(0))
    for (let n = 1; n <= 1000; n++) void outbox.append(viewed(n))
    expect(logOf(stream)?.stats().last).toBe(1001)
  })

  it('keeps the order of what came while the stream was opening, and the time each was appended', async () => {
    const { outbox } = run()
    const first = clock.time.now()
    const refs = [outbox.append(viewed(1)), outbox.append(viewed(2)), outbox.append(viewed(3))]
    await clock.advance(5)
    expect((await Promise.all(refs)).map((ref) => ref.seq)).toEqual([1, 2, 3])
    await outbox.flush()
    expect(hub.of('Product Viewed')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    const [text] = Array.from(Array.from(hub.streams.values())[0]?.facts.values() || [])
    expect(JSON.parse(text as string)).toMatchObject({ seq: 1, at: first, tz: 480, mono: 0, src: 'device' })
  })

  it('takes hostile keys as plain data', async () => {
    const { outbox } = run()
    const body = JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"toString":"x"}') as Record<string, never>
    await outbox.append({ kind: 'x:own', body, ...(JSON.parse('{"__proto__":{"seq":9},"seq":7,"prev":"p"}') as object) })
    await outbox.flush()
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
    const [text] = Array.from(Array.from(hub.streams.values())[0]?.facts.values() || [])
    expect(text).toContain('"body":{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"toString":"x"}')
    expect(text?.startsWith('{"seq":1,"kind":"x:own"')).toBe(true)
  })

  it('refuses a body that is not JSON', async () => {
    const { outbox } = run()
    const round: Record<string, unknown> = {}
    round.self = round
    expect(await outbox.append({ kind: 'x:own', body: round as never }).catch(codeOf)).toBe('invalid')
  })

  it('refuses after stop and keeps what is stored', async () => {
    const { outbox } = run()
    await outbox.append(viewed(1))
    await outbox.stop()
    expect(await outbox.append(viewed(2)).catch(codeOf)).toBe('closed')
    const next = run()
    expect(await next.outbox.flush()).toMatchObject({ acked: 1, pending: 0 })
  })
})

describe('numbers', () => {
  it('go on exactly after a stop in order, with nothing stated lost', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(viewed(1))
    await outbox.stop()
    const next = run()
    expect(await next.outbox.append(viewed(2))).toEqual({ stream, seq: 2 })
    await next.outbox.flush()
    expect(hub.kinds()).toEqual(['Product Viewed', 'Product Viewed'])
  })

  it('are never used again after a kill, and what may be missing is stated first', async () => {
    const { outbox, ports } = run({ block: 8 })
    const { stream } = await outbox.append(viewed(1))
    ports.host.kill()
    const next = run({ block: 8 })
    expect(await next.outbox.append(viewed(2))).toEqual({ stream, seq: 18 })
    expect(await next.outbox.flush()).toMatchObject({ acked: 3, pending: 0 })
    expect(hub.of('Facts Lost')).toEqual([{ ranges: [[2, 16]], cause: 'abandoned' }])
    expect(hub.streams.get(stream)?.settled.size).toBe(18)
  })

  it('are never shared by two tabs', async () => {
    const a = run()
    const b = run()
    const refs = await Promise.all([1, 2, 3].flatMap((n) => [a.outbox.append(viewed(n)), b.outbox.append(viewed(n))]))
    expect(new Set(refs.map((ref) => `${ref.stream}.${ref.seq}`)).size).toBe(6)
    expect(new Set(refs.map((ref) => ref.stream)).size).toBe(2)
    expect(await a.outbox.flush()).toMatchObject({ acked: 6, pending: 0 })
  })
})

describe('delivery', () => {
  it('stores a fact, sends it and forgets it once the hub has it', async () => {
    const { outbox } = run()
    const ref = await outbox.append(viewed(1))
    expect(ref.seq).toBe(1)
    expect((await outbox.stats()).pending).toBe(1)
    expect(await outbox.flush()).toEqual({ sent: 1, acked: 1, pending: 0, quarantined: 0 })
    expect(hub.of('Product Viewed')).toEqual([{ n: 1 }])
    expect(hub.requests[0]).toMatchObject({ url: 'https://hub.example/v1/facts', method: 'POST', headers: { authorization: 'Bearer pk_test_demo_x' } })
    expect(logOf(ref.stream)?.stats().count).toBe(0)
  })

  it('sends trade first and links its records across a restart', async () => {
    const { outbox, ports } = run()
    void outbox.append(viewed(1))
    for (let n = 0; n < 5; n++) void outbox.append(order(n))
    await outbox.flush()
    expect(hub.kinds()).toEqual([...Array<string>(5).fill('Order Completed'), 'Product Viewed'])
    ports.host.kill()
    const next = run()
    await next.outbox.append(order(5))
    await next.outbox.flush()
    expect(Array.from(hub.streams.values()).map((stream) => stream.chainBreaks)).toEqual([0, 0])
    expect((await next.outbox.readTrade()).map(({ fact }) => fact.body.n)).toEqual([0, 1, 2, 3, 4, undefined, 5])
  })

  it('sends by itself after the linger, in batches', async () => {
    const { outbox } = run({ batch: 100, linger: 500 })
    outbox.start()
    for (let n = 0; n < 250; n++) void outbox.append(viewed(n))
    await clock.advance(400)
    expect(hub.requests.length).toBe(0)
    await clock.advance(200)
    expect(hub.requests.length).toBe(3)
    expect((await outbox.stats()).pending).toBe(0)
    expect(clock.waiting).toBe(0)
  })

  it('drains what another tab left behind', async () => {
    const a = run()
    await a.outbox.append(viewed(1))
    await a.outbox.append(order(1))
    a.ports.host.kill()
    const b = run()
    expect(await b.outbox.flush()).toMatchObject({ pending: 0 })
    expect(hub.kinds()).toEqual(expect.arrayContaining(['Product Viewed', 'Order Completed']))
  })

  it('takes the lead from a tab that fell silent', async () => {
    const a = run()
    const b = run()
    await a.outbox.append(viewed(1))
    hub.fault = () => undefined
    const hung = new Promise<never>(() => undefined)
    const send = hub.send.bind(hub)
    hub.send = () => hung
    void a.outbox.flush()
    await clock.advance(100)
    hub.send = send
    const flushed = b.outbox.flush()
    await clock.advance(20_000)
    expect(hub.requests.length).toBe(0)
    await clock.advance(15_000)
    expect(await flushed).toMatchObject({ acked: 1, pending: 0 })
  })

  it('hands the last words to the runtime at once when the page hides, at most 60,000 bytes', async () => {
    const { outbox, ports } = run()
    outbox.start()
    await outbox.append(order(1))
    for (let n = 0; n < 600; n++) void outbox.append({ kind: 'Product Viewed', body: { n, name: '商品'.repeat(20) } })
    await outbox.append(viewed(600))
    ports.host.hide()
    await clock.advance(0)
    expect(hub.requests.map((request) => request.keepalive)).toEqual([true, true])
    expect(hub.requests.reduce((sum, request) => sum + Buffer.byteLength(request.body as string), 0)).toBeLessThan(60_000)
    expect(hub.of('Order Completed')).toEqual([{ n: 1 }])
    await outbox.flush()
    expect(hub.of('Product Viewed').length).toBe(601)
    expect((await outbox.stats()).pending).toBe(0)
  })
})

describe('answers', () => {
  it('forgets nothing on the word of a captive portal, an empty or a half answer', async () => {
    const { outbox } = run()
    await outbox.append(viewed(1))
    for (const text of [
      '<html>Welcome</html>',
      '',
      '{"through":1',
      'null',
      '[]',
      '{"through":"1","except":[],"server_time":1}',
      '{"through":1e99,"except":[],"server_time":1}',
    ]) {
      hub.fault = () => ({ status: 200, headers: {}, text })
      expect(await outbox.flush()).toMatchObject({ acked: 0, pending: 1, issue: { code: 'unavailable' } })
    }
    hub.fault = undefined
    expect(await outbox.flush()).toMatchObject({ acked: 1, pending: 0 })
  })

  it('does not believe an acknowledgement of numbers it never sent', async () => {
    const { outbox } = run({ batch: 2 })
    for (let n = 1; n <= 6; n++) await outbox.append(viewed(n))
    let first = true
    hub.fault = () => {
      if (!first) throw new Error('no network')
      first = false
      return ok({ through: 999_999, except: [], server_time: hub.time })
    }
    expect(await outbox.flush()).toMatchObject({ acked: 2, pending: 4 })
  })

  it('sets single refused facts aside and drains past them', async () => {
    const { outbox, issues } = run()
    hub.refuse = (fact) => ((fact.body as { n: number }).n === 2 ? 'invalid' : undefined)
    const refs = [await outbox.append(viewed(1)), await outbox.append(viewed(2)), await outbox.append(viewed(3))]
    expect(await outbox.flush()).toEqual({ sent: 3, acked: 2, pending: 0, quarantined: 1 })
    const [aside] = await outbox.quarantine()
    expect(aside).toMatchObject({ ...refs[1], code: 'invalid' })
    expect(JSON.parse(aside?.text as string)).toMatchObject({ body: { n: 2 } })
    expect(issues).toEqual([{ code: 'invalid', path: `${refs[1]?.stream}.2` }])
    await outbox.discard(refs[1] as never)
    expect(await outbox.quarantine()).toEqual([])
  })

  it('forgets no refused fact that could not be set aside, however far the others get', async () => {
    const { outbox, ports } = run({ batch: 1 })
    hub.refuse = (fact) => ((fact.body as { n: number }).n === 1 ? 'invalid' : undefined)
    const { stream } = await outbox.append(viewed(1))
    await outbox.append(viewed(2))
    const { set } = ports.kv
    Object.assign(ports.kv, { set: (key: string, value: string) => (key.startsWith('q/') ? Promise.reject(new OmoError('quota', 'full')) : set(key, value)) })
    expect(await outbox.flush()).toMatchObject({ pending: 2, quarantined: 0 })
    expect(logOf(stream)?.stats().first).toBe(1)
    Object.assign(ports.kv, { set })
    expect(await outbox.flush()).toMatchObject({ pending: 0, quarantined: 1 })
    expect(await outbox.quarantine()).toMatchObject([{ stream, seq: 1, code: 'invalid' }])
    expect(hub.of('Product Viewed')).toEqual([{ n: 2 }])
  })

  it('halves a refused batch until the one at fault stands alone, and states its number', async () => {
    const { outbox } = run()
    const stream = (await outbox.append(viewed(0))).stream
    for (let n = 1; n < 40; n++) void outbox.append(viewed(n))
    hub.fault = (_, parsed) => (parsed().facts.some((fact) => fact.body.n === 17) ? refusal(413, 'too-large') : undefined)
    expect(await outbox.flush()).toMatchObject({ pending: 0, quarantined: 1 })
    expect(hub.of('Product Viewed').length).toBe(39)
    expect(hub.of('Facts Lost')).toEqual([{ ranges: [[18, 18]], cause: 'corrupt' }])
    expect(await outbox.quarantine()).toMatchObject([{ stream, seq: 18, code: 'too-large' }])
  })

  it('backs off, never overflows, and comes back', async () => {
    const { outbox } = run({ linger: 1000, maxBackoff: 60_000 })
    outbox.start()
    await outbox.append(viewed(1))
    hub.fault = () => refusal(503, 'unavailable')
    await clock.advance(3_600_000 * 3)
    expect(hub.requests.length).toBeGreaterThan(180)
    expect(hub.requests.length).toBeLessThan(180 * 4)
    hub.fault = undefined
    await clock.advance(60_000)
    expect((await outbox.stats()).pending).toBe(0)
  })

  it('backs off also when facts are to be sent at once', async () => {
    const { outbox } = run({ linger: 0, maxBackoff: 60_000 })
    outbox.start()
    await outbox.append(viewed(1))
    hub.fault = () => refusal(503, 'unavailable')
    await clock.advance(3_600_000)
    expect(hub.requests.length).toBeGreaterThan(60)
    expect(hub.requests.length).toBeLessThan(60 * 4)
  })

  it('obeys Retry-After, whoever asks', async () => {
    const { outbox, ports } = run()
    outbox.start()
    await outbox.append(viewed(1))
    hub.fault = () => refusal(429, 'rate-limited', { 'retry-after': '120' })
    await outbox.flush()
    hub.fault = undefined
    await clock.advance(60_000)
    ports.host.show()
    ports.host.online(true)
    expect(await outbox.flush()).toMatchObject({ pending: 1, issue: { code: 'rate-limited', need: 60_000 } })
    await clock.advance(59_000)
    expect(hub.requests.length).toBe(1)
    await clock.advance(2000)
    expect((await outbox.stats()).pending).toBe(0)
  })

  it('reads a date in Retry-After against the answer’s own clock, not the device’s', async () => {
    const { outbox } = run()
    outbox.start()
    await outbox.append(viewed(1))
    // the device is a day behind
    hub.fault = () => refusal(503, 'unavailable', { date: 'Fri, 02 Jan 2026 00:00:00 GMT', 'retry-after': 'Fri, 02 Jan 2026 00:02:00 GMT' })
    expect(await outbox.flush()).toMatchObject({ pending: 1, issue: { code: 'unavailable', have: 503, need: 120_000 } })
    hub.fault = undefined
    await clock.advance(119_000)
    expect(hub.requests.length).toBe(1)
    await clock.advance(2000)
    expect((await outbox.stats()).pending).toBe(0)
  })

  it('goes by the corrected time where an answer does not say what time it is, and else by its own back-off', async () => {
    const { outbox } = run()
    hub.fault = () => refusal(429, 'rate-limited', { 'retry-after': 'Fri, 02 Jan 2026 00:02:00 GMT' })
    await outbox.append(viewed(1))
    // nobody has vouched for a time: two minutes, or a day and two minutes?
    expect((await outbox.flush()).issue).toEqual({ code: 'rate-limited', path: expect.any(String) as string, have: 429 })
    hub.fault = undefined
    await outbox.flush()
    hub.fault = () => refusal(429, 'rate-limited', { 'retry-after': 'Fri, 02 Jan 2026 00:02:00 GMT' })
    await outbox.append(viewed(2))
    expect((await outbox.flush()).issue).toMatchObject({ code: 'rate-limited', need: 120_000 })
  })

  it('believes no Retry-After longer than a day, and none that says nothing', async () => {
    const asked = async (header: string): Promise<number | undefined> => {
      const { outbox } = run({}, createMemoryDevice())
      await outbox.append(viewed(1))
      hub.fault = () => refusal(429, 'rate-limited', { date: 'Fri, 02 Jan 2026 00:00:00 GMT', 'retry-after': header })
      return (await outbox.flush()).issue?.need as number | undefined
    }
    for (const long of ['86401', '99999999999999999999', 'Fri, 02 Jan 2099 00:00:00 GMT']) expect([long, await asked(long)]).toEqual([long, 86_400_000])
    for (const none of ['', '0', '-5', '1e3', 'soon', 'NaN', 'Infinity', 'Thu, 01 Jan 2026 23:59:59 GMT'])
      expect([none, await asked(none)]).toEqual([none, undefined])
  })

  it('says no last words while the hub wants peace', async () => {
    const { outbox, ports } = run()
    outbox.start()
    await outbox.append(viewed(1))
    hub.fault = () => refusal(429, 'rate-limited', { 'retry-after': '120' })
    await outbox.flush()
    ports.host.hide()
    await clock.advance(100_000)
    expect(hub.requests.length).toBe(1)
  })

  it('keeps everything under a refused key and asks again only slowly', async () => {
    const { outbox, issues } = run({ maxBackoff: 60_000 })
    outbox.start()
    await outbox.append(viewed(1))
    hub.fault = () => refusal(401, 'unauthorised')
    await clock.advance(600_000)
    expect(hub.requests.length).toBe(10)
    expect(issues[0]).toMatchObject({ code: 'unauthorised' })
    expect((await outbox.stats()).pending).toBe(1)
  })

  it('sends observe although trade is forbidden to the key', async () => {
    const { outbox } = run()
    await outbox.append(order(1))
    await outbox.append(viewed(1))
    hub.fault = (_, parsed) => (parsed().lane === 'trade' ? refusal(403, 'forbidden') : undefined)
    expect(await outbox.flush()).toMatchObject({ acked: 1, pending: 1, issue: { code: 'forbidden' } })
  })

  it('tells the clock what time it is', async () => {
    const { outbox } = run()
    await outbox.append(viewed(1))
    await outbox.flush()
    await outbox.append(viewed(2))
    await outbox.flush()
    const texts = Array.from(Array.from(hub.streams.values())[0]?.facts.values() || []).map((text) => JSON.parse(text) as Record<string, unknown>)
    expect(texts).toMatchObject([{ src: 'device' }, { src: 'server', offset: 86_400_000 }])
  })

  it('leaves a stream that was seen with two contents and loses nothing unsent', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(order(1))
    await outbox.stop()
    const copy = run({}, device.clone())
    await copy.outbox.append(order(100))
    await copy.outbox.flush()
    const { outbox: again, issues } = run({ batch: 1 })
    for (let n = 2; n <= 4; n++) await again.append(order(n))
    await again.flush()
    expect(issues.map((issue) => issue.code)).toContain('stream-fork')
    expect((await again.append(order(5))).stream).not.toBe(stream)
    await again.flush()
    expect(
      hub
        .of('Order Completed')
        .map((body) => body.n)
        .sort(),
    ).toEqual([1, 100, 3, 4, 5].sort())
    expect((await again.stats()).pending).toBe(0)
    expect(hub.streams.get(stream)?.forks).toBe(1)
  })
})

describe('storage faults', () => {
  it('sets an unreadable record aside, states its number and drains past it', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(viewed(1))
    await outbox.append(viewed(2))
    await outbox.append(viewed(3))
    logOf(stream)?.damage(2, '{"kind":"Product Vie')
    expect(await outbox.flush()).toMatchObject({ pending: 0, quarantined: 1 })
    expect(hub.of('Product Viewed')).toEqual([{ n: 1 }, { n: 3 }])
    expect(hub.of('Facts Lost')).toEqual([{ ranges: [[2, 2]], cause: 'corrupt' }])
    expect(await outbox.quarantine()).toMatchObject([{ stream, seq: 2, code: 'undecodable', text: '{"kind":"Product Vie' }])
  })

  it('states numbers that vanished from the log when the hub names them', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(viewed(1))
    await outbox.append(viewed(2))
    await outbox.append(viewed(3))
    logOf(stream)?.drop(2, [1])
    expect(await outbox.flush()).toMatchObject({ pending: 0 })
    expect(hub.of('Facts Lost')).toEqual([{ ranges: [[2, 2]], cause: 'corrupt' }])
  })

  it('begins a new trade stream when the journal vanished under it', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(order(1))
    await outbox.flush()
    await outbox.stop()
    device.logs.clear()
    const next = run()
    expect((await next.outbox.append(order(2))).stream).not.toBe(stream)
    await next.outbox.flush()
    expect(Array.from(hub.streams.values()).map((one) => one.chainBreaks)).toEqual([0, 0])
  })

  it('states what the vanished journal still held unsent, in its own stream', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(order(1))
    await outbox.flush()
    for (let n = 2; n <= 4; n++) await outbox.append(order(n))
    await outbox.stop()
    device.logs.clear()
    const next = run()
    await next.outbox.append(order(5))
    expect(await next.outbox.flush()).toMatchObject({ pending: 0 })
    expect(hub.of('Facts Lost')).toEqual([{ ranges: [[2, 4]], cause: 'abandoned' }])
    expect(Array.from(hub.streams.get(stream)?.settled || [])).toEqual([1, 5, 2, 3, 4])
    // the hash it should carry is gone with the journal
    expect(hub.streams.get(stream)?.chainBreaks).toBe(1)
  })

  it('lets the oldest of the lowest priority leave when the observe lane is over its quota', async () => {
    const { outbox, issues } = run({ observeFacts: 20 })
    await outbox.append(order(0))
    for (let n = 1; n <= 40; n++) await outbox.append({ kind: 'Product Viewed', body: { n }, priority: n % 2 ? 2 : 0 })
    await clock.advance(10)
    expect(issues.some((issue) => issue.code === 'quota')).toBe(true)
    await outbox.flush()
    const kept = hub.of('Product Viewed').map((body) => body.n as number)
    // the statements count as well
    expect(kept.filter((n) => n % 2).length).toBeGreaterThanOrEqual(15)
    expect(kept.filter((n) => n % 2 === 0).length).toBeLessThanOrEqual(8)
    expect(hub.of('Order Completed').length).toBe(1)
    const lost = hub
      .of('Facts Lost')
      .flatMap((body) => (body.ranges as [number, number][]).flatMap(([low, high]) => Array.from({ length: high - low + 1 }, (_, i) => low + i)))
    expect(lost.length + kept.length).toBe(40)
    expect(hub.of('Facts Lost').every((body) => body.cause === 'evicted')).toBe(true)
    expect((await outbox.stats()).pending).toBe(0)
  })

  it('says nothing in its last words of a stream that was taken from it while it was put away', async () => {
    const { outbox, ports } = run()
    hub.fault = () => refusal(503, 'unavailable')
    outbox.start()
    const { stream } = await outbox.append(viewed(1))
    await run().ports.locks.steal(`stream/${stream}`, async () => undefined)
    await outbox.flush()
    hub.requests.splice(0)
    ports.host.hide()
    await clock.advance(0)
    expect(hub.requests.filter(({ keepalive }) => keepalive)).toEqual([])
    expect((await outbox.append(viewed(2))).seq).toBeGreaterThan(0)
    hub.fault = undefined
    await clock.advance(600_000)
    await outbox.flush()
    expect(
      hub
        .of('Product Viewed')
        .map(({ n }) => n)
        .sort(),
    ).toEqual([1, 2])
  })

  it('says nothing in its last words of what left for want of room', async () => {
    const { outbox, ports } = run({ observeFacts: 20 })
    hub.fault = (request) => (request.keepalive ? undefined : refusal(503, 'unavailable'))
    outbox.start()
    for (let n = 1; n <= 40; n++) await outbox.append(viewed(n))
    await clock.advance(10)
    ports.host.hide()
    await clock.advance(0)
    const told = hub.of('Product Viewed').map((body) => body.n as number)
    hub.fault = undefined
    await clock.advance(600_000)
    await outbox.flush()
    const lost = hub
      .of('Facts Lost')
      .flatMap((body) => (body.ranges as [number, number][]).flatMap(([low, high]) => Array.from({ length: high - low + 1 }, (_, i) => low + i)))
    expect([told.length > 9, lost.length > 9]).toEqual([true, true])
    const seqOf = new Map(
      Array.from(hub.streams.values(), ({ facts }) => Array.from(facts))
        .flat()
        .map(([seq, text]) => [(JSON.parse(text) as { body: { n?: number } }).body.n, seq]),
    )
    expect(told.filter((n) => lost.includes(seqOf.get(n) as number))).toEqual([])
  })

  it('makes room in a full store for trade, and refuses with quota when there is none', async () => {
    const { outbox } = run()
    await outbox.append(order(0))
    for (let n = 0; n < 100; n++) await outbox.append(viewed(n))
    device.quota = device.used() + 50
    await outbox.append(order(1))
    device.quota = 1
    expect(await outbox.append(order(2)).catch(codeOf)).toBe('quota')
    device.quota = 1_000_000
    await outbox.append(order(3))
    expect(await outbox.flush()).toMatchObject({ pending: 0 })
    expect(hub.of('Order Completed')).toEqual([{ n: 0 }, { n: 1 }, { n: 3 }])
    expect(Array.from(hub.streams.values()).map((stream) => stream.chainBreaks)).toEqual([0, 0])
  })
})

describe('rotate', () => {
  it('sends nothing and writes nothing where nothing was', async () => {
    const { outbox } = run()
    await outbox.rotate({ purge: true })
    expect([device.kv.size, device.logs.size, hub.requests.length]).toEqual([0, 0, 0])
  })

  it('opens a new stream after logout, sends the old one to its end and states it', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(viewed(1))
    await outbox.rotate()
    const next = await outbox.append(viewed(2))
    expect(next).toEqual({ stream: expect.not.stringMatching(stream) as string, seq: 1 })
    await outbox.flush()
    expect(hub.of('Product Viewed')).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }]))
    expect(hub.of('Stream Ended')).toEqual([{ stream, through: 1, purged: 0 }])
    expect(await outbox.stats()).toMatchObject({ pending: 0 })
  })

  it('deletes unsent facts at withdrawal and says nothing of a stream the hub never saw', async () => {
    const { outbox, ports } = run()
    const { stream } = await outbox.append(viewed(1))
    await outbox.rotate({ purge: true })
    expect(logOf(stream)?.stats().count).toBe(0)
    await outbox.append({ kind: 'Consent Recorded', body: { granted: [] } })
    await outbox.flush()
    expect(hub.kinds()).toEqual(['Consent Recorded'])
    expect(hub.requests.some((request) => request.body?.includes(stream))).toBe(false)
    expect(read(ports, `s/${stream}`)).toEqual([])
  })

  it('states how much of a known stream was deleted', async () => {
    const { outbox } = run()
    const { stream } = await outbox.append(viewed(1))
    await outbox.flush()
    await outbox.append(viewed(2))
    await outbox.append(viewed(3))
    await outbox.rotate({ purge: true })
    await outbox.flush()
    expect(hub.of('Product Viewed')).toEqual([{ n: 1 }])
    expect(hub.of('Stream Ended')).toEqual([{ stream, through: 1, purged: 2 }])
  })

  it('reaches the streams of other tabs: nothing purged is sent, and they go on with another', async () => {
    const a = run()
    const b = run()
    const { stream } = await b.outbox.append(viewed(1))
    await a.outbox.rotate({ purge: true })
    expect(await a.outbox.flush()).toMatchObject({ sent: 0, pending: 0 })
    await b.outbox.flush()
    expect((await b.outbox.append(viewed(2))).stream).not.toBe(stream)
    await b.outbox.flush()
    expect(hub.of('Product Viewed')).toEqual([{ n: 2 }])
  })
})

describe('the lanes of kinds', () => {
  it('are the same in the client as in the table of kinds', () => {
    for (const [name, kind] of Object.entries(factKinds)) expect([name, laneOfKind(name)]).toEqual([name, kind?.lane])
    expect(tradeKinds.split('|').every((name) => factKinds[name]?.lane === 'trade')).toBe(true)
  })

  it('take the form of a name for a kind and leave the rest to the hub', () => {
    expect(['Product Seen', 'x:own', 'x:'].map(laneOfKind)).toEqual(['observe', 'observe', undefined])
    for (const none of [
      '',
      'product viewed',
      'Product',
      'Product ',
      ' Product Viewed',
      'Product-Viewed',
      'constructor',
      '__proto__',
      'Stream Ended|Consent Recorded',
    ])
      expect([none, laneOfKind(none)]).toEqual([none, undefined])
  })
})
