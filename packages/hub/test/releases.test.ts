import { generateKeyPairSync, sign } from 'node:crypto'
import { applyDelta, buildKeys, chunksText, pack, readDelta, type ReleaseTexts, type Row, type SigningKey, unpack, viewText } from '@omokit/core/documents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drainBus, type Store } from '../src/index'
import { openMemoryStore } from './support/memory-store'
import { articles, createPublisher } from './support/publisher'
import { createWorld, noon, type World } from './support/world'

let store: Store
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())

/** The next event of a stream of server-sent events, comments left out. */
async function nextEvent(reader: ReadableStreamDefaultReader<Uint8Array>, held: { text: string }): Promise<string> {
  for (;;) {
    const end = held.text.indexOf('\n\n')
    if (end >= 0) {
      const event = held.text.slice(0, end + 2)
      held.text = held.text.slice(end + 2)
      if (!event.startsWith(':')) return event
      continue
    }
    const { done, value } = await reader.read()
    if (done) throw new Error('the stream ended')
    held.text += new TextDecoder().decode(value)
  }
}

async function follow(w: World, key: string, query: string): Promise<{ next(): Promise<string>; end(): Promise<void> }> {
  const response = await w.hub.fetch(new Request(`http://hub/v1/releases/stream?key=${key}${query}`))
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const held = { text: '' }
  return { next: () => nextEvent(reader, held), end: () => reader.cancel() }
}

const dataOf = (event: string): string =>
  event
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6))
    .join('\n')

describe('publishing', () => {
  test('a verified pack is stored and served byte for byte', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    const key = await w.key('publishable')
    expect((await w.call('GET', '/v1/releases/head', key)).code).toBe('no-release')
    const texts = await publisher.publish(1, articles(300))
    const head = await w.call('GET', '/v1/releases/head', key)
    expect([head.text, head.headers.get('etag')]).toEqual([`${texts.signed.text}\n${texts.signed.signature}\n`, `"1.${w.brand}"`])
    for (const [held, status] of [
      ['"1"', 304],
      [`"1.${w.brand}"`, 304],
      ['"1.another"', 200],
    ] as const) {
      const answer = await w.call('GET', '/v1/releases/head', key, undefined, { 'if-none-match': held })
      expect([held, answer.status, answer.headers.get('vary')]).toEqual([held, status, 'authorization, omokit-member'])
    }
    const served = await w.call('GET', '/v1/releases/pack', key)
    expect(served.text).toBe(pack(texts))
    expect((await w.call('GET', '/v1/releases/pack?version=1', key)).text).toBe(pack(texts))
    expect((await w.call('GET', '/v1/releases/pack?version=2', key)).code).toBe('no-release')
  })

  test('who is current is told so in 304', async () => {
    const w = createWorld(store)
    await (await createPublisher(w)).publish(7, articles(3))
    const key = await w.key('publishable')
    for (const path of ['/v1/releases/head', '/v1/releases/pack']) {
      const answer = await w.call('GET', path, key, undefined, { 'if-none-match': '"7"' })
      expect([path, answer.status, answer.text]).toEqual([path, 304, ''])
    }
    expect((await w.call('GET', '/v1/releases/delta?from=7', key)).status).toBe(304)
  })

  test('every chunk can be had by its name, and by the brand that published it only', async () => {
    const [w, other] = [createWorld(store), createWorld(store)]
    const texts = await (await createPublisher(w)).publish(1, articles(300))
    const [key, foreign] = [await w.key('publishable'), await other.key('publishable')]
    const name = /"([\w-]{43})"/.exec(texts.books['price/base']?.index[0] ?? '')?.[1]
    const chunk = await w.call('GET', `/v1/chunks/${name}`, key)
    expect(chunk.text).toBe(texts.books['price/base']?.buckets[0])
    expect(chunk.headers.get('cache-control')).toContain('immutable')
    expect((await w.call('GET', `/v1/chunks/${name}`, foreign)).status).toBe(404)
  })

  test('several chunks come in one answer, all of them or none, and of this brand only', async () => {
    const [w, other] = [createWorld(store), createWorld(store)]
    const texts = await (await createPublisher(w)).publish(1, articles(300))
    const [key, foreign] = [await w.key('publishable'), await other.key('publishable')]
    const names = [...(texts.books['price/base']?.index.join() ?? '').matchAll(/"([\w-]{43})"/g)].map((found) => found[1] as string)
    const buckets = texts.books['price/base']?.buckets ?? []
    const some = await w.call('GET', `/v1/chunks?names=${names.slice(0, 3).reverse().join()}`, key)
    expect(some.text).toBe(chunksText(buckets.slice(0, 3).reverse()))
    expect(some.headers.get('cache-control')).toContain('immutable')
    for (const bad of ['', 'nothing', `${names[0]},nothing`]) expect((await w.call('GET', `/v1/chunks?names=${bad}`, key)).code).toBe('not-found')
    expect((await w.call('GET', `/v1/chunks?names=${names[0]}`, foreign)).code).toBe('not-found')
    const many = Array.from({ length: 33 }, (_, i) => `n${i}`).join()
    expect((await w.call('GET', `/v1/chunks?names=${many}`, key)).code).toBe('too-many')
  })

  test('a view leaves out the buckets of price lists, and what the one before had', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    const key = await w.key('publishable')
    expect((await w.call('GET', '/v1/releases/view', key)).code).toBe('no-release')
    const one = await publisher.publish(1, articles(300))
    const full = await w.call('GET', '/v1/releases/view?from=0', key)
    expect([full.text, full.headers.get('etag')]).toEqual([viewText(one), `"1.${w.brand}"`])
    expect((await w.call('GET', '/v1/releases/view?from=1', key, undefined, { 'if-none-match': '"1"' })).status).toBe(304)
    const two = await publisher.publish(
      2,
      articles(300).map(([sku, price], i) => [sku, i === 7 ? 1 : (price as number)]),
    )
    expect((await w.call('GET', '/v1/releases/view?from=1', key)).text).toBe(viewText(two, one))
    expect((await w.call('GET', '/v1/releases/view?from=99', key)).text).toBe(viewText(two))
    expect((await w.call('GET', '/v1/releases/view?version=1', key)).text).toBe(viewText(one))
    expect((await w.call('GET', '/v1/releases/view?version=3', key)).code).toBe('no-release')
    for (const bad of ['from=x', 'version=-1']) expect((await w.call('GET', `/v1/releases/view?${bad}`, key)).code).toBe('invalid')
    await publisher.publish(3, articles(300), { stores: ['0042'] })
    expect((await w.call('GET', '/v1/releases/view', key)).headers.get('etag')).toBe(`"2.${w.brand}"`)
    expect((await w.call('GET', '/v1/releases/view?store=0042', key)).headers.get('etag')).toBe(`"3.${w.brand}"`)
  })

  test('the same pack again is answered as the first time and announced once', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    const texts = await publisher.publish(1, articles(3))
    expect((await publisher.send(texts)).body).toEqual({ version: 1 })
    const rows = await store.tx(w.brand, (trx) => trx.selectFrom('releases').select('version').where('brand', '=', w.brand).execute())
    expect(rows).toEqual([{ version: 1 }])
  })

  test('a release of another brand, an unknown or revoked key, an older version, two contents of one version, a flipped byte: refused', async () => {
    const [w, other] = [createWorld(store), createWorld(store)]
    const [publisher, foreign] = [await createPublisher(w), await createPublisher(other)]
    const secret = await w.key('secret')
    await publisher.publish(5, articles(3))
    const send = async (texts: ReleaseTexts | string) => (await publisher.send(texts)).code
    const stranger = await w.call('POST', '/v1/releases', secret, pack(await foreign.build(6, articles(3))))
    expect([stranger.status, stranger.code]).toEqual([403, 'brand-mismatch'])
    expect(await send(await publisher.build(6, articles(3), { kid: 'k9' }))).toBe('unknown-key-id')
    expect(await send(await publisher.build(4, articles(3), { previous: undefined as never }))).toBe('older-version')
    expect(await send(await publisher.build(5, articles(4), { previous: undefined as never }))).toBe('equivocation')
    const sound = pack(await publisher.build(6, articles(3)))
    expect(await send(sound.replace('"sku-00001",101', '"sku-00001",109'))).toBe('bad-hash')
    expect(await send(sound.replace(`"${w.brand}"`, `"${w.brand}x"`))).toBe('brand-mismatch')
    expect(await send('nonsense')).toBe('malformed')
    expect(await send(await publisher.build(6, articles(1), { previous: undefined as never }))).toBe('shrunk')
    expect(await send(sound)).toBe(undefined)
  })

  test('rules that no till would take, and keys that change nothing, are refused with their path', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    const send = async (...effects: readonly object[]): Promise<unknown> => {
      const rules = [['off', JSON.stringify({ kind: 'promotion', effects })]] as readonly Row[]
      const { status, body } = await publisher.send(await publisher.build(1, articles(3), { books: { 'price/base': articles(3), 'rules/base': rules } }))
      return status === 200 ? status : (body as { readonly issues: unknown }).issues
    }
    expect(await send({ type: 'spinWheel' })).toEqual([{ code: 'unknown-rule', path: 'off.effects.0.type', have: 'spinWheel' }])
    expect(await send({ type: 'percentOff', on: 'lines', percent: 9, amount: 5 })).toEqual([{ code: 'invalid', path: 'off.effects.0.amount' }])
    expect(await send({ type: 'percentOff', on: 'order', percent: 9, maxUnits: 5 })).toEqual([{ code: 'invalid', path: 'off.effects.0.maxUnits' }])
    expect(await send({ type: 'percentOff', on: 'lines', percent: 9, maxUnits: 5 })).toBe(200)
  })

  test('who may not publish is refused', async () => {
    const w = createWorld(store)
    const texts = pack(await (await createPublisher(w)).build(1, articles(3)))
    for (const key of [await w.key('publishable'), await w.key('terminal'), await w.key('staff', { roles: ['reports'] })]) {
      expect((await w.call('POST', '/v1/releases', key, texts)).status).toBe(403)
    }
    expect((await w.call('POST', '/v1/releases', await w.key('staff', { roles: ['publish'] }), texts)).status).toBe(200)
  })

  test('answers state the time and the newest version of all, pilots of other stores included, to pages of any origin', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    const key = await w.key('publishable')
    await publisher.publish(1, articles(3), { stores: ['0042'] })
    for (const path of ['/v1/releases/head', '/v1/releases/pack']) {
      const none = await w.call('GET', path, key)
      expect([none.status, none.headers.get('omokit-latest'), none.headers.get('omokit-time')]).toEqual([404, '1', String(noon)])
    }
    await publisher.publish(2, articles(3))
    await publisher.publish(3, articles(3, 200), { stores: ['0042'] })
    w.clock.now += 1000
    for (const path of ['/v1/releases/head', '/v1/releases/pack', '/v1/releases/delta?from=1']) {
      const answer = await w.call('GET', path, key, undefined, { origin: 'https://shop.example' })
      expect([path, answer.headers.get('omokit-time')]).toEqual([path, String(noon + 1000)])
      expect(answer.headers.get('access-control-expose-headers')?.toLowerCase().split(',')).toEqual(
        expect.arrayContaining(['date', 'omokit-latest', 'omokit-time']),
      )
      if (!path.includes('delta')) expect([answer.headers.get('etag'), answer.headers.get('omokit-latest')]).toEqual([`"2.${w.brand}"`, '3'])
    }
  })

  test('a pilot release reaches its stores and no other', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    await publisher.publish(1, articles(3))
    await publisher.publish(2, articles(3, 200), { stores: ['0042', '0043'] })
    const key = await w.key('terminal')
    const version = async (query: string) => (await w.call('GET', `/v1/releases/head${query}`, key)).headers.get('etag')
    expect([await version(''), await version('?store=0042'), await version('?store=0044')]).toEqual(['1', '2', '1'].map((number) => `"${number}.${w.brand}"`))
  })
})

describe('deltas', () => {
  test('a delta over many versions leads to the newest release, verified', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    const first = await publisher.publish(1, articles(300))
    const prices = articles(300)
    for (let version = 2; version <= 5; version++) {
      prices[version] = [prices[version]?.[0] as string, version * 1000]
      await publisher.publish(version, prices)
    }
    const answer = await w.call('GET', '/v1/releases/delta?from=1', await w.key('terminal'))
    const delta = readDelta(answer.text)
    const applied = delta.ok ? applyDelta(first, delta.value) : delta
    const served = unpack((await w.call('GET', '/v1/releases/pack', await w.key('terminal'))).text)
    expect(applied.ok && served.ok && applied.value).toEqual(served.ok && served.value)
    expect((await w.call('GET', '/v1/releases/delta?from=99', await w.key('terminal'))).code).toBe('base-lost')
    expect((await w.call('GET', '/v1/releases/delta?from=x', await w.key('terminal'))).code).toBe('invalid')
  })

  test('one changed row of ten thousand is pushed in at most 400 bytes, signed', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    const prices = articles(10_000)
    const first = await publisher.publish(1042, prices)
    const stream = await follow(w, await w.key('publishable'), '&since=1042')
    prices[4711] = [prices[4711]?.[0] as string, 7101, 9460]
    await publisher.publish(1043, prices)
    const event = await stream.next()
    expect(event).toMatch(/^id: 1043\nevent: d\ndata: /)
    expect(Buffer.byteLength(event)).toBeLessThanOrEqual(400)
    const delta = readDelta(dataOf(event))
    expect(delta.ok && applyDelta(first, delta.value).ok).toBe(true)
    await stream.end()
  })

  test('a reader without a base, or with one too old, is nudged to fetch', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    const texts = await publisher.publish(3, articles(3))
    for (const since of ['', '&since=0', '&since=2']) {
      const stream = await follow(w, await w.key('publishable'), since)
      const event = await stream.next()
      expect(event).toMatch(/^id: 3\nevent: n\n/)
      expect(dataOf(event)).toBe(`${texts.signed.text}\n${texts.signed.signature}`)
      await stream.end()
    }
  })

  test('what was missed while away comes at once, and closing the hub ends the streams', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    await publisher.publish(1, articles(3))
    await publisher.publish(2, articles(3, 300))
    const stream = await follow(w, await w.key('publishable'), '&since=1')
    expect(await stream.next()).toMatch(/^id: 2\nevent: d\n/)
    w.hub.close()
    await expect(stream.next()).rejects.toThrow('ended')
  })

  test('a pilot is not pushed to others', async () => {
    const w = createWorld(store)
    const publisher = await createPublisher(w)
    await publisher.publish(1, articles(3))
    const [pilot, other] = [await follow(w, await w.key('terminal'), '&since=1&store=0042'), await follow(w, await w.key('terminal'), '&since=1&store=0044')]
    await publisher.publish(2, articles(3, 200), { stores: ['0042'] })
    await publisher.publish(3, articles(3, 300))
    expect(await pilot.next()).toMatch(/^id: [23]\n/)
    expect(await other.next()).toMatch(/^id: 3\n/)
    w.hub.close()
  })

  test('a key in the address is for event streams only', async () => {
    const w = createWorld(store)
    const key = await w.key('publishable')
    expect((await w.call('GET', `/v1/releases/head?key=${key}`, undefined)).status).toBe(401)
  })
})

describe('the key set', () => {
  test('the first is taken from an admin, the next only when the roots before it signed', async () => {
    const w = createWorld(store)
    const admin = await w.key('staff', { roles: ['admin'] })
    const pair = () => generateKeyPairSync('ed25519')
    const [root, stranger, release] = [pair(), pair(), pair()]
    const known = (kid: string, { publicKey }: ReturnType<typeof pair>): SigningKey => ({
      kid,
      key: publicKey.export({ format: 'jwk' }).x as string,
      state: 'active',
    })
    const by = (kid: string, { privateKey }: ReturnType<typeof pair>) => ({
      kid,
      sign: async (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)),
    })
    const set = { brand: w.brand, version: 1, expiresAt: noon / 1000 + 1e7, threshold: 1, roots: [known('r1', root)], keys: [known('k1', release)] }
    const first = await buildKeys(set, [by('r1', root)])
    const none = await w.call('GET', '/v1/keys', await w.key('publishable'))
    expect([none.status, none.code]).toEqual([404, 'not-found'])
    expect((await w.call('PUT', '/v1/keys', await w.key('secret'), first)).status).toBe(403)
    expect((await w.call('PUT', '/v1/keys', admin, first)).body).toEqual({ version: 1 })
    expect((await w.call('GET', '/v1/keys', await w.key('publishable'))).text).toBe(first)
    const taken = await buildKeys({ ...set, version: 2, roots: [known('r1', stranger)] }, [by('r1', stranger)])
    expect((await w.call('PUT', '/v1/keys', admin, taken)).code).toBe('bad-signature')
    const revoked = await buildKeys({ ...set, version: 2, keys: [{ ...known('k1', release), state: 'revoked' }] }, [by('r1', root)])
    expect((await w.call('PUT', '/v1/keys', admin, revoked)).body).toEqual({ version: 2 })
    expect((await w.call('PUT', '/v1/keys', admin, first)).code).toBe('older-version')
    const rows = await store.tx(w.brand, (trx) => trx.selectFrom('signing_keys').select(['kid', 'state']).where('brand', '=', w.brand).execute())
    expect(rows).toEqual([{ kid: 'k1', state: 'revoked' }])
  })
})

test('a publication is queued for the bus in its own transaction and handed over once', async () => {
  const w = createWorld(store, { bus: true })
  await (await createPublisher(w)).publish(1, articles(3))
  const handed: unknown[] = []
  const failing = drainBus(store, w.brand, () => Promise.reject(new Error('bus down')))
  await expect(failing).rejects.toThrow('bus down')
  expect(await drainBus(store, w.brand, async (messages) => void handed.push(...messages))).toBe(1)
  expect(await drainBus(store, w.brand, async (messages) => void handed.push(...messages))).toBe(0)
  expect(handed).toEqual([{ topic: 'release', key: w.brand, payload: { version: 1 }, at: noon }])
})
