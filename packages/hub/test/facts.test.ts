import { factKinds, type IssueCode, type KeyKind, type Lane } from '@omokit/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { revokeKey, type Store } from '../src/index'
import { factHash } from '../src/facts/fact-hash'
import { hashKey } from '../src/keys/create-key'
import { openMemoryStore } from './support/memory-store'
import { gzipSync } from 'node:zlib'
import { batchText, chained, createWorld, noon, order, viewed, type World } from './support/world'

let store: Store
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())

const world = (...options: Parameters<typeof createWorld> extends [Store, ...infer R] ? R : never): World => createWorld(store, ...options)

const stream = (w: World, name: string) =>
  store.tx(w.brand, (trx) => trx.selectFrom('streams').selectAll().where('brand', '=', w.brand).where('stream', '=', name).executeTakeFirstOrThrow())
const stored = async (w: World) =>
  (await store.tx(w.brand, (trx) => trx.selectFrom('facts').select('seq').where('brand', '=', w.brand).orderBy('seq').execute())).map((row) => row.seq)
const findings = async (w: World) =>
  (await store.tx(w.brand, (trx) => trx.selectFrom('findings').select(['code', 'subject', 'detail']).where('brand', '=', w.brand).orderBy('id').execute())).map(
    (row) => ({
      ...row,
      detail: JSON.parse(row.detail) as unknown,
    }),
  )

describe('watermark', () => {
  test('a gap is named until it is filled', async () => {
    const w = world()
    const key = await w.key('publishable')
    const send = (...seqs: number[]) => w.send(key, { stream: 's', lane: 'observe', facts: seqs.map((seq) => viewed(seq)) })
    expect((await send(1, 2, 5, 8)).facts).toEqual({
      through: 2,
      except: [],
      server_time: noon,
      gaps: [
        [3, 4],
        [6, 7],
      ],
    })
    expect((await send(3, 6)).facts).toMatchObject({
      through: 3,
      gaps: [
        [4, 4],
        [7, 7],
      ],
    })
    expect((await send(4, 7)).facts).toEqual({ through: 8, except: [], server_time: noon })
    expect(await stored(w)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('duplicates cost nothing and are counted', async () => {
    const w = world()
    const key = await w.key('publishable')
    const facts = [viewed(1), viewed(2), viewed(3)]
    const first = await w.send(key, { stream: 's', lane: 'observe', facts })
    for (let i = 0; i < 3; i++) expect((await w.send(key, { stream: 's', lane: 'observe', facts })).facts).toEqual(first.facts)
    expect(await stored(w)).toEqual([1, 2, 3])
    expect(await stream(w, 's')).toMatchObject({ stored: 3, duplicates: 9, forks: 0 })
  })

  test('the same fact twice in one batch is one fact', async () => {
    const w = world()
    const key = await w.key('publishable')
    expect((await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(2), viewed(1), viewed(1)] })).facts).toEqual({
      through: 2,
      except: [],
      server_time: noon,
    })
    expect(await stored(w)).toEqual([1, 2])
  })

  test('numbers stated lost are settled; one that comes after all is still stored', async () => {
    const w = world()
    const key = await w.key('publishable')
    const lost = viewed(10, { kind: 'Facts Lost', body: { ranges: [[3, 9]], cause: 'abandoned' } })
    expect((await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(1), viewed(2), lost] })).facts).toEqual({
      through: 10,
      except: [],
      server_time: noon,
    })
    expect(JSON.parse((await stream(w, 's')).lost)).toEqual([[3, 9]])
    expect((await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(5)] })).facts.through).toBe(10)
    expect(await stored(w)).toEqual([1, 2, 5, 10])
  })

  test('numbers above the head cannot be stated lost', async () => {
    const w = world()
    const key = await w.key('publishable')
    const lost = viewed(1, { kind: 'Facts Lost', body: { ranges: [[2, 900]], cause: 'corrupt' } })
    expect((await w.send(key, { stream: 's', lane: 'observe', facts: [lost] })).facts.except).toEqual([{ seq: 1, code: 'invalid' }])
  })

  test('the head of the device is kept, so that what it never sent can be named', async () => {
    const w = world()
    const key = await w.key('publishable')
    const sent = await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(1)], head: 40 })
    expect(sent.facts).toEqual({ through: 1, except: [], server_time: noon })
    expect((await stream(w, 's')).head).toBe(40)
  })

  test('streams of the same name in two brands are two streams', async () => {
    const [a, b] = [world(), world()]
    await a.send(await a.key('publishable'), { stream: 's', lane: 'observe', facts: [viewed(1)] })
    expect((await b.send(await b.key('publishable'), { stream: 's', lane: 'observe', facts: [viewed(1, { body: { other: true } })] })).facts).toEqual({
      through: 1,
      except: [],
      server_time: noon,
    })
  })
})

describe('forks and chains', () => {
  test('other bytes under a known number are a fork: named, kept aside, the rest taken', async () => {
    const w = world()
    const key = await w.key('terminal')
    const [one, two] = chained([order('a'), order('b')]) as [string, string]
    await w.send(key, { stream: 't', lane: 'trade', facts: [one, two] })
    const other = chained([order('x'), order('c')], 2, factHash(one))
    const answer = await w.send(key, { stream: 't', lane: 'trade', facts: other })
    expect(answer.facts).toMatchObject({ through: 3, fork: true, except: [{ seq: 2, code: 'stream-fork' }] })
    expect(await stored(w)).toEqual([1, 2, 3])
    const aside = await store.tx(w.brand, (trx) => trx.selectFrom('facts_aside').select(['seq', 'code', 'text']).where('brand', '=', w.brand).execute())
    expect(aside).toEqual([{ seq: 2, code: 'stream-fork', text: other[0] }])
    expect((await findings(w))[1]).toEqual({ code: 'stream-fork', subject: 't.2', detail: { first: factHash(two), second: factHash(other[0] as string) } })
    // the copy sent again is no second fork
    expect((await w.send(key, { stream: 't', lane: 'trade', facts: [other[0] as string] })).facts.fork).toBe(true)
    expect(await stream(w, 't')).toMatchObject({ forks: 1, duplicates: 1 })
  })

  test('a record that does not carry the hash of the one before is stored, flagged and reported', async () => {
    const w = world()
    const key = await w.key('terminal')
    const facts = chained([order('a'), order('b'), order('c')])
    const edited = (facts[1] as string).replace('"total":100', '"total":900')
    const answer = await w.send(key, { stream: 't', lane: 'trade', facts: [facts[0] as string, edited, facts[2] as string] })
    expect(answer.facts).toEqual({ through: 3, except: [], server_time: noon, flags: [{ seq: 3, code: 'chain-broken' }] })
    expect(await findings(w)).toEqual([{ code: 'chain-broken', subject: 't.3', detail: {} }])
    expect(await stored(w)).toEqual([1, 2, 3])
  })

  test('a break is found across batches, and where a gap is filled later', async () => {
    const w = world()
    const key = await w.key('terminal')
    const facts = chained([order('a'), order('b'), order('c'), order('d')])
    await w.send(key, { stream: 't', lane: 'trade', facts: [facts[0] as string, facts[2] as string] })
    expect(await findings(w)).toEqual([])
    const edited = (facts[1] as string).replace('"total":100', '"total":900')
    await w.send(key, { stream: 't', lane: 'trade', facts: [edited] })
    expect((await findings(w)).map((one) => one.subject)).toEqual(['t.3'])
    await w.send(key, { stream: 't', lane: 'trade', facts: [(facts[3] as string).replace(/"prev":"[^"]+"/, '"prev":"x"')] })
    expect((await findings(w)).map((one) => one.subject)).toEqual(['t.3', 't.4'])
  })

  test('a refused record stays a link of the chain', async () => {
    const w = world()
    const key = await w.key('terminal')
    const facts = chained([order('a'), { kind: 'No Such Kind', body: {} }, order('c')])
    expect((await w.send(key, { stream: 't', lane: 'trade', facts })).facts).toEqual({
      through: 3,
      except: [{ seq: 2, code: 'unknown-kind' }],
      server_time: noon,
    })
    const more = chained([{ kind: 'No Such Kind', body: {} }, order('e')], 4, factHash(facts[2] as string))
    await w.send(key, { stream: 't', lane: 'trade', facts: [more[0] as string] })
    await w.send(key, { stream: 't', lane: 'trade', facts: [more[1] as string] })
    expect(await findings(w)).toEqual([])
  })

  test('numbers stated lost do not break the chain around them', async () => {
    const w = world()
    const key = await w.key('terminal')
    const facts = chained([order('a'), order('b')])
    const lost = chained([{ kind: 'Facts Lost', body: { ranges: [[3, 8]], cause: 'abandoned' } }, order('c')], 9, factHash(facts[1] as string))
    await w.send(key, { stream: 't', lane: 'trade', facts: [...facts, ...lost] })
    expect(await findings(w)).toEqual([])
    expect((await stream(w, 't')).through).toBe(10)
  })

  test('a journal sent a second time is told from a retry, once a stream', async () => {
    const w = world()
    const key = await w.key('terminal')
    const facts = chained(Array.from({ length: 9 }, (_, i) => order(`o${i}`)))
    const send = (from: number, to: number, sentAt: number) => w.send(key, { stream: 't', lane: 'trade', facts: facts.slice(from, to), sentAt: noon + sentAt })
    await send(0, 3, 1)
    await send(3, 6, 2)
    await send(6, 9, 3)
    await send(6, 9, 4)
    expect(await findings(w)).toEqual([])
    // the network doubles or delays a request: it was sent before the newest one
    await send(0, 3, 1)
    expect(await findings(w)).toEqual([])
    await send(0, 3, 5)
    await send(3, 9, 6)
    expect(await findings(w)).toEqual([{ code: 'journal-replayed', subject: 't', detail: { from: 1, to: 3, count: 3 } }])
    expect(await stored(w)).toHaveLength(9)
  })
})

describe('who may send what', () => {
  const lanes: readonly Lane[] = ['trade', 'observe']
  const publishableTrade = ['Consent Recorded', 'Stream Ended', 'Facts Lost']
  const bodies: Readonly<Record<string, unknown>> = {
    'Facts Lost': { ranges: [[1, 1]], cause: 'evicted' },
    'Stream Ended': { stream: 'other', through: 3, purged: 1 },
    'Consent Recorded': { purposes: [], granted: false },
    'Identity Linked': { userId: 'm-1', anonId: 'a-1' },
    'Receipt Issued': {
      receiptNo: 'r-1',
      order: 'o-1',
      release: 1,
      instant: noon,
      basket: { currency: 'CNY', channel: 'till', lines: [{ id: '1', sku: 'a', qty: 1 }] },
      seal: { hash: 'A'.repeat(43) },
      totals: { gross: 1, discount: 0, shipping: 0, shippingDiscount: 0, total: 1, rounding: 0, pay: 1 },
      points: { earned: 0, burned: 0 },
    },
    'Coupon Redeemed': { coupon: 'c', item: 'i', order: 'o', terminal: 't', quantity: 1, offline: true },
  }

  /** What the table of the protocol says, written down a second time. */
  function expected(kind: string, lane: Lane, key: KeyKind): IssueCode | undefined {
    if (kind === 'x:Brand Own') return lane === 'observe' ? undefined : 'wrong-lane'
    const known = Object.hasOwn(factKinds, kind) ? factKinds[kind] : undefined
    if (!known) return 'unknown-kind'
    if (known.lane !== lane && kind !== 'Facts Lost') return 'wrong-lane'
    if (key === 'publishable' && kind === 'Identity Linked') return 'forbidden'
    if (key === 'publishable' && lane === 'trade' && !publishableTrade.includes(kind)) return 'forbidden'
    return undefined
  }

  for (const keyKind of ['publishable', 'terminal', 'secret', 'staff'] as const) {
    test(`every kind of fact in both lanes with a ${keyKind} key, for two brands`, async () => {
      const kinds = [...Object.keys(factKinds), 'x:Brand Own', 'No Such Kind', '__proto__', 'constructor']
      for (const w of [world(), world()]) {
        const key = await w.key(keyKind, { roles: keyKind === 'staff' ? ['facts'] : [] })
        for (const lane of lanes) {
          for (const kind of kinds) {
            const [text] = chained([{ kind, body: Object.hasOwn(bodies, kind) ? bodies[kind] : { any: 1 } }]) as [string]
            const fact = lane === 'trade' ? text : text.replace(',"prev":""', '')
            const { facts } = await w.send(key, { stream: `${lane}-${kinds.indexOf(kind)}`, lane, facts: [fact] })
            const code = expected(kind, lane, keyKind)
            expect({ kind, lane, except: facts.except }).toEqual({ kind, lane, except: code ? [{ seq: 1, code }] : [] })
          }
        }
      }
    })
  }

  test('a staff key without the role for it sends nothing', async () => {
    const w = world()
    const key = await w.key('staff', { roles: ['reports'] })
    expect((await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(1)] })).facts.except).toEqual([{ seq: 1, code: 'forbidden' }])
  })

  test('a terminal speaks for its own store only', async () => {
    const w = world()
    const key = await w.key('terminal', { storeId: '0042' })
    const at = (storeId: string) => ({ ...order('o'), place: { channel: 'till', storeId } })
    const { facts } = await w.send(key, { stream: 't', lane: 'trade', facts: chained([at('0042'), at('0043'), order('p')]) })
    expect(facts.except).toEqual([{ seq: 2, code: 'forbidden' }])
  })
})

describe('what is refused, and what is still taken', () => {
  const good = viewed(2)

  async function taken(first: string, code: IssueCode): Promise<void> {
    const w = world()
    const { facts } = await w.send(await w.key('publishable'), { stream: 's', lane: 'observe', facts: [first, good] })
    expect(facts).toMatchObject({ through: 2, except: [{ seq: 1, code }] })
    expect(await stored(w)).toEqual([2])
    const aside = await store.tx(w.brand, (trx) => trx.selectFrom('facts_aside').select(['seq', 'code', 'text']).where('brand', '=', w.brand).execute())
    expect(aside).toEqual([{ seq: 1, code, text: first }])
  }

  test('no key, a wrong key, a revoked key: one uniform answer', async () => {
    const w = world()
    const body = batchText({ stream: 's', lane: 'observe', facts: [good] }, noon)
    const key = await w.key('publishable')
    const answers = []
    for (const wrong of [
      undefined,
      'nonsense',
      key.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
      key.replace('pk_', 'sk_'),
      key.replace('_test_', '_live_'),
    ]) {
      answers.push(await w.call('POST', '/v1/facts', wrong, body))
    }
    expect((await w.call('POST', '/v1/facts', key, body)).status).toBe(200)
    expect(await revokeKey(store, w.brand, hashKey(key))).toBe(true)
    w.clock.now += 2000
    answers.push(await w.call('POST', '/v1/facts', key, body))
    // a key that says it is live and secret is told that this is no place for it
    const live = await w.call('POST', '/v1/facts', key.replace('pk_test', 'sk_live'), body)
    expect([live.status, live.code]).toEqual([403, 'live-key-refused'])
    for (const answer of answers) expect([answer.status, answer.text]).toEqual([401, '{"ok":false,"issues":[{"code":"unauthorised"}]}'])
  })

  test("another brand's key cannot be bent to this brand", async () => {
    const [mine, theirs] = [world(), world()]
    const key = await theirs.key('publishable')
    const bent = key.replace(theirs.brand, mine.brand)
    expect((await mine.call('POST', '/v1/facts', bent, batchText({ stream: 's', lane: 'observe', facts: [good] }, noon))).status).toBe(401)
    expect(await stored(mine)).toEqual([])
  })

  test('a wrong scope', async () => {
    const w = world()
    const { facts } = await w.send(await w.key('publishable'), {
      stream: 't',
      lane: 'trade',
      facts: chained([
        { kind: 'Receipt Issued', body: {} },
        { kind: 'Consent Recorded', body: {} },
      ]),
    })
    expect(facts).toMatchObject({ through: 2, except: [{ seq: 1, code: 'forbidden' }] })
  })

  test('a body over the cap is refused before it is read, whatever its length says', async () => {
    const w = world()
    const key = await w.key('publishable')
    const big = batchText({ stream: 's', lane: 'observe', facts: [viewed(1, { body: { text: 'x'.repeat(1_000_000) } })] }, noon)
    const answer = await w.call('POST', '/v1/facts', key, big)
    expect([answer.status, answer.code]).toEqual([413, 'too-large'])
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 100_000
        controller.enqueue(new Uint8Array(100_000).fill(0x20))
      },
    })
    const request = new Request('http://hub/v1/facts', {
      method: 'POST',
      body: endless,
      headers: { authorization: `Bearer ${key}`, 'content-length': '10' },
      duplex: 'half',
    } as RequestInit)
    expect((await w.hub.fetch(request)).status).toBe(413)
    expect(pulled).toBeLessThan(1_500_000)
  })

  test('a body in gzip is unpacked, under the same cap; a broken one and another coding are refused', async () => {
    const w = world()
    const key = await w.key('publishable')
    const post = (body: Uint8Array<ArrayBuffer>, coding: string) =>
      w.hub.fetch(new Request('http://hub/v1/facts', { method: 'POST', body, headers: { authorization: `Bearer ${key}`, 'content-encoding': coding } }))
    const outcome = async (answer: Response): Promise<unknown[]> => {
      const { through, issues } = (await answer.json()) as { through?: number; issues?: readonly { code: string; have?: unknown }[] }
      return [answer.status, answer.headers.get('accept-encoding'), through ?? issues?.[0]]
    }
    const batch = (text: string) => gzipSync(batchText({ stream: 's', lane: 'observe', facts: [viewed(1, { body: { text } })] }, noon))
    const sound = batch('可'.repeat(1000))
    expect(await outcome(await post(sound, 'gzip'))).toEqual([200, 'gzip', 1])
    expect(await stored(w)).toHaveLength(1)
    // 50 MB of one letter in 50 kB
    expect(await outcome(await post(batch('x'.repeat(50_000_000)), 'gzip'))).toEqual([413, 'gzip', expect.objectContaining({ code: 'too-large' })])
    for (const torn of [sound.subarray(0, sound.length - 20), Buffer.from('not gzip')])
      expect(await outcome(await post(torn, 'gzip'))).toEqual([400, 'gzip', { code: 'malformed', have: 'not gzip' }])
    expect(await outcome(await post(sound, 'br'))).toEqual([400, 'gzip', { code: 'malformed', path: 'content-encoding', have: 'br', need: 'gzip' }])
  })

  test('a fact over its own cap', () => taken(viewed(1, { body: { text: '可'.repeat(30_000) } }), 'too-large'))
  test('nesting over the cap', () => taken(viewed(1, { body: { deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown } }), 'too-deep'))
  test('a key named twice', () => taken(viewed(1).replace('"body":{', '"body":{"sku":"other",'), 'duplicate-key'))
  test('a key named twice in two spellings', () => taken(viewed(1).replace('"body":{', '"body":{"s\\u006bu":"other",'), 'duplicate-key'))
  test('money that is not a safe integer', () => taken(viewed(1, { body: { sku: 'a', price: 12.5 } }), 'not-an-amount'))
  test('money beyond what can be counted', () => taken(viewed(1, { body: { sku: 'a', price: 9_007_199_254_740_993 } }), 'not-an-amount'))
  test('an unknown kind of fact', () => taken(viewed(1, { kind: 'Product Vewed' }), 'unknown-kind'))
  test('a fact without a time', () => taken(viewed(1, { at: 'now' }), 'invalid'))
  test('a hash chain in the observe lane', () => taken(viewed(1, { prev: '' }), 'invalid'))

  test('a fraction anywhere in a trade fact', async () => {
    const w = world()
    const { facts } = await w.send(await w.key('terminal'), {
      stream: 't',
      lane: 'trade',
      facts: chained([{ kind: 'Order Completed', body: { lines: [{ qty: 0.1 + 0.2 }] } }, order('b')]),
    })
    expect(facts).toMatchObject({ through: 2, except: [{ seq: 1, code: 'not-an-amount' }] })
  })

  test('a device clock ten years off: taken, flagged, and its time not believed', async () => {
    const w = world()
    const key = await w.key('publishable')
    const tenYears = 10 * 365 * 86_400_000
    const { facts } = await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(1, { at: noon - tenYears }), viewed(2)] })
    expect(facts).toEqual({ through: 2, except: [], server_time: noon, flags: [{ seq: 1, code: 'clock-far' }] })
    const rows = await store.tx(w.brand, (trx) =>
      trx.selectFrom('facts').select(['at', 'corrected_at', 'received_at', 'flags']).where('brand', '=', w.brand).orderBy('seq').execute(),
    )
    expect(rows).toEqual([
      { at: noon - tenYears, corrected_at: null, received_at: noon, flags: 'clock-far' },
      { at: noon, corrected_at: noon, received_at: noon, flags: '' },
    ])
    // sent by the same wrong clock, a minute after: then the true time can be told
    await w.send(key, { stream: 'q', lane: 'observe', facts: [viewed(1, { at: noon - tenYears - 60_000 })], sentAt: noon - tenYears })
    const told = await store.tx(w.brand, (trx) =>
      trx.selectFrom('facts').select(['corrected_at', 'flags']).where('brand', '=', w.brand).where('stream', '=', 'q').executeTakeFirst(),
    )
    expect(told).toEqual({ corrected_at: noon - 60_000, flags: 'clock-far' })
  })

  test('too many facts in one request', async () => {
    const w = world()
    const answer = await w.send(await w.key('publishable'), { stream: 's', lane: 'observe', facts: Array.from({ length: 501 }, (_, i) => viewed(i + 1)) })
    expect([answer.status, answer.code]).toEqual([400, 'too-many'])
  })

  test('broken envelopes', async () => {
    const w = world()
    const key = await w.key('publishable')
    const sound = batchText({ stream: 's', lane: 'observe', facts: [good] }, noon)
    const cases: readonly (readonly [string, string])[] = [
      ['', 'malformed'],
      ['[]', 'invalid'],
      ['{}', 'invalid'],
      [sound.slice(0, -1), 'malformed'],
      [`${sound} x`, 'malformed'],
      [sound.replace('"head":2', '"head":-1'), 'invalid'],
      [sound.replace('"head":2', '"head":02'), 'malformed'],
      [sound.replace('"stream":"s"', '"stream":"a b"'), 'invalid'],
      [sound.replace('"lane":"observe"', '"lane":"other"'), 'invalid'],
      [sound.replace('"lane":"observe"', '"lane":"observe","lane":"trade"'), 'duplicate-key'],
      [sound.replace('"seq":2', '"seq":0'), 'invalid'],
      [sound.replace('"seq":2', '"seq":1.5'), 'invalid'],
      [sound.replace('"facts":[', '"facts":[null,'), 'invalid'],
      [sound.replace('"facts":[', '"more":[],"other":['), 'invalid'],
    ]
    for (const [body, code] of cases) {
      const answer = await w.call('POST', '/v1/facts', key, body)
      expect([body, answer.status, answer.code]).toEqual([body, 400, code])
    }
    expect(await stored(w)).toEqual([])
  })

  test('a stream keeps its lane', async () => {
    const w = world()
    const key = await w.key('terminal')
    await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(1)] })
    const answer = await w.send(key, { stream: 's', lane: 'trade', facts: chained([order('a')], 2) })
    expect([answer.status, answer.code]).toEqual([400, 'wrong-lane'])
  })

  test('hostile texts in places that become columns are refused, not a fault', async () => {
    const w = world()
    const key = await w.key('terminal')
    const at = (storeId: string) => ({ ...order('o'), place: { channel: 'till', storeId } })
    const { facts } = await w.send(key, { stream: 't', lane: 'trade', facts: chained([at('a\u0000b'), at('\ud800'), at('x'.repeat(65)), at('可口')]) })
    expect(facts.except.map((one) => one.code)).toEqual(['invalid', 'invalid', 'invalid'])
    expect(facts.through).toBe(4)
  })

  test('a stream torn into too many pieces takes no more of them', async () => {
    const w = world({ limits: { openRanges: 3 } })
    const { facts } = await w.send(await w.key('publishable'), { stream: 's', lane: 'observe', facts: [2, 4, 6, 8].map((seq) => viewed(seq)) })
    expect(facts.except).toEqual([{ seq: 8, code: 'too-many' }])
    expect(await stored(w)).toEqual([2, 4, 6])
  })

  test('a flood by one key is told to wait, and another brand does not feel it', async () => {
    const limits = { perKey: { perSecond: 1, burst: 3 }, perBrand: { perSecond: 1, burst: 5 } }
    const [w, other] = [world({ limits }), world({ limits })]
    const key = await w.key('publishable')
    const answers = []
    for (let seq = 1; seq <= 5; seq++) answers.push(await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(seq)] }))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429, 429])
    expect(answers[4]?.headers.get('retry-after')).toBe('1')
    expect((await other.send(await other.key('publishable'), { stream: 's', lane: 'observe', facts: [viewed(1)] })).status).toBe(200)
    w.clock.now += 1000
    expect((await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(4)] })).status).toBe(200)
  })
})
