import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { createSlimClock, type Fact, type FactsRequest, type Ports } from '@omokit/core'
import { createOutbox, type Outbox } from '@omokit/core/outbox'
import { createWebPorts } from '@omokit/core/web'
import { eventParser } from '../src/web/event-stream'
import fc from 'fast-check'
import { Window } from 'happy-dom'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const real = indexedDB

describe('web ports on a server', () => {
  it('load, are created, and touch nothing there', () => {
    const open = vi.spyOn(real, 'open')
    const ports = createWebPorts({ brand: 'demo', app: 'shop' })
    expect(ports.env).toMatchObject({ brand: 'demo', instance: 'main', platform: 'web', app: 'shop' })
    ports.life.onHide(() => {})()
    ports.log.open('s')
    expect(open).not.toHaveBeenCalled()
  })

  it('keep everything in memory where there is no storage, and say so once each', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const issues: unknown[] = []
    const { kv, log } = createWebPorts({ brand: 'none', onIssue: (issue) => issues.push(issue) })
    await kv.set('k', 'v')
    await log.open('s').append(1, ['a', 'b'])
    expect([await kv.get('k'), await log.open('s').stats()]).toEqual(['v', { count: 2, bytes: 2, first: 1, last: 2 }])
    expect(issues).toEqual(
      expect.arrayContaining([
        { code: 'unavailable', path: 'indexeddb' },
        { code: 'unavailable', path: 'localstorage' },
      ]),
    )
    expect(issues).toHaveLength(2)
    vi.unstubAllGlobals()
  })
})

describe('the journal', () => {
  let storage: Storage
  beforeEach(() => {
    storage = new Window().localStorage as unknown as Storage
    vi.stubGlobal('localStorage', storage)
    vi.stubGlobal('indexedDB', real)
  })
  afterEach(() => vi.unstubAllGlobals())
  const keys = (): string[] => Object.keys(storage)

  it('holds a record before append returns, and lets it go once it is stored', async () => {
    const stored = createWebPorts({ brand: 'sync' }).log.open('s:1').append(7, ['seven', 'eight'])
    expect(keys().map((key) => [key.replace(/:j:[^:]+:/, ':j:LANE:'), storage.getItem(key)])).toEqual([
      ['omokit:sync:main:j:LANE:s%3A1:7', 'seven'],
      ['omokit:sync:main:j:LANE:s%3A1:8', 'eight'],
    ])
    await stored
    await vi.waitFor(() => expect(keys()).toEqual([]))
  })

  it('of a dead page is taken over under the same numbers before anything is read', async () => {
    const first = createWebPorts({ brand: 'dead' }).log.open('s')
    await first.append(1, ['a', 'b'])
    for (const [seq, text] of [
      [2, 'other'],
      [3, 'c'],
      [5, 'e'],
    ] as const)
      storage.setItem(`omokit:dead:main:j:old:s:${seq}`, text)
    const log = createWebPorts({ brand: 'dead' }).log.open('s')
    expect(await log.read(1, 9, 99)).toEqual([
      { seq: 1, text: 'a' },
      { seq: 2, text: 'b' },
      { seq: 3, text: 'c' },
      { seq: 5, text: 'e' },
    ])
    expect(keys().filter((key) => key.includes(':old:'))).toEqual([])
    await expect(log.append(5, ['x'])).rejects.toMatchObject({ code: 'stream-fork' })
  })

  it('does not bring back what was dropped', async () => {
    const first = createWebPorts({ brand: 'dropped' }).log.open('s')
    await first.append(1, ['a', 'b', 'c'])
    await first.drop(2)
    storage.setItem('omokit:dropped:main:j:old:s:2', 'b')
    storage.setItem('omokit:dropped:main:j:old:s:4', 'd')
    expect((await createWebPorts({ brand: 'dropped' }).log.open('s').read(1, 9, 99)).map(({ seq }) => seq)).toEqual([3, 4])
  })

  it('is emptied again when the database fails in the middle, and the append says so', async () => {
    const { kv, log: logs } = createWebPorts({ brand: 'broken' })
    await kv.set('k', 'a database is made by the first write')
    const log = logs.open('s')
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('gone', 'UnknownError')
    })
    await expect(log.append(1, ['a'])).rejects.toMatchObject({ code: 'unavailable' })
    put.mockRestore()
    expect(keys()).toEqual([])
    await log.append(1, ['b'])
    expect(await log.read(1, 9, 9)).toEqual([{ seq: 1, text: 'b' }])
  })

  it('that is full hinders no append while the database works', async () => {
    const log = createWebPorts({ brand: 'full' }).log.open('s')
    await log.append(1, ['x'.repeat(1_900_000), 'y'.repeat(200_000), 'z'])
    expect((await log.stats()).count).toBe(3)
  })

  it('is the store where there is no database, refuses past its cap as a whole, and takes less again', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const log = createWebPorts({ brand: 'alone' }).log.open('s')
    await log.append(1, ['x'.repeat(1_500_000)])
    await expect(log.append(2, ['y'.repeat(400_000), 'z'.repeat(400_000)])).rejects.toMatchObject({ code: 'quota' })
    expect((await log.stats()).count).toBe(1)
    await log.append(2, ['small'])
    await log.drop(1)
    await log.append(3, ['w'.repeat(1_500_000)])
    vi.stubGlobal('indexedDB', real)
    expect((await createWebPorts({ brand: 'alone' }).log.open('s').read(1, 9, 1e9)).map(({ seq }) => seq)).toEqual([2, 3])
  })

  it('is where a stream begins before anything is opened, and what may have been used is stated by the next page', async () => {
    const outboxOf = (ports: Ports): Outbox => createOutbox({ ports, clock: createSlimClock(ports), hub: 'https://hub', key: 'pk', limits: { block: 8 } })
    const first = createWebPorts({ brand: 'early' })
    const open = vi.fn(() => ({})) // this page dies before its database opens
    vi.stubGlobal('indexedDB', { open })
    outboxOf(first)
      .append({ kind: 'Product Viewed', body: { n: 1 } })
      .catch(() => {})
    const found = keys().map((key) => [key.replace(/:[\w-]{21}/, ':STREAM'), storage.getItem(key)])
    // the note comes first: where the fact is, it is too
    expect(found).toEqual([
      ['omokit:early:main:h:STREAM', '8'],
      ['omokit:early:main:j:1:STREAM:1', expect.stringContaining('"n":1') as string],
    ])
    expect(open).not.toHaveBeenCalled()
    await vi.waitFor(() => expect(open).toHaveBeenCalled())
    vi.stubGlobal('indexedDB', new IDBFactory())
    const sent: unknown[] = []
    vi.stubGlobal('fetch', async (_: string, { body }: { readonly body: string }) => {
      const { facts } = JSON.parse(body) as FactsRequest
      facts.forEach((fact) => sent.push([fact.seq, fact.body]))
      return Response.json({ through: (facts[facts.length - 1] as Fact).seq, except: [], server_time: 1_795_000_000_000 })
    })
    const second = createWebPorts({ brand: 'early' })
    const outbox = outboxOf(second)
    expect(await outbox.flush()).toMatchObject({ sent: 2, acked: 2, pending: 0 })
    expect(sent).toEqual([
      [1, { n: 1 }],
      [9, { ranges: [[2, 8]], cause: 'abandoned' }],
    ])
    // and nothing is kept of a stream that is over
    expect(await outbox.flush()).toEqual({ sent: 0, acked: 0, pending: 0, quarantined: 0 })
    expect([await second.log.list(), await second.kv.keys('')]).toEqual([[], []])
    await vi.waitFor(() => expect(keys()).toEqual([]))
    await outbox.stop()
  })

  it('notes at rest exactly what was used: a page left in order leaves nothing to state', async () => {
    const listeners = new Map<string, () => void>()
    vi.stubGlobal('removeEventListener', () => {})
    vi.stubGlobal('addEventListener', (type: string, listener: (event: { readonly type: string }) => void) => {
      const others = listeners.get(type)
      listeners.set(type, () => {
        others?.()
        listener({ type })
      })
    })
    const ports = createWebPorts({ brand: 'rest' })
    const outbox = createOutbox({ ports, clock: createSlimClock(ports), hub: 'https://hub', key: 'pk' })
    outbox.start()
    for (let n = 0; n < 3; n++) await outbox.append({ kind: 'Product Viewed', body: { n } })
    const note = (): [string, string | null][] => keys().flatMap((key) => (key.includes(':h:') ? [[key.replace(/:[\w-]{21}/, ''), storage.getItem(key)]] : []))
    expect(note()).toEqual([['omokit:rest:main:h', '1024']])
    listeners.get('pagehide')?.()
    expect(note()).toEqual([['omokit:rest:main:h', '=3']])
    await outbox.stop()
  })

  it('that is too full for a note keeps no older one', async () => {
    let full = false
    const held: Record<string, string> = {}
    vi.stubGlobal(
      'localStorage',
      new Proxy(Object.assign(held, { getItem: () => null }), {
        set(target, key: string, value: string) {
          if (full) throw new Error('QuotaExceededError')
          target[key] = value
          return true
        },
      }),
    )
    const log = createWebPorts({ brand: 'note' }).log.open('s')
    log.reserve?.(6, true)
    expect(await log.stats()).toMatchObject({ reserved: 6, exact: true })
    full = true
    log.reserve?.(14)
    expect((await log.stats()).reserved).toBeUndefined()
  })

  it('and the small state move into the database when it is there again', async () => {
    await createWebPorts({ brand: 'again' }).kv.set('k', 'old')
    vi.stubGlobal('indexedDB', undefined)
    const poor = createWebPorts({ brand: 'again' })
    await poor.kv.set('k', 'new')
    await poor.log.open('s').append(1, ['a'])
    vi.stubGlobal('indexedDB', real)
    const rich = createWebPorts({ brand: 'again' })
    expect([await rich.kv.get('k'), await rich.log.list(), keys()]).toEqual(['new', ['s'], []])
  })
})

describe('server-sent events', () => {
  it('read the same however the bytes are cut', () => {
    const text = ': hello\r\ndata: 一\rdata: two\r\n\r\nevent: d\nid: 7\ndata: {"a":1}\n\nid\ndata\n\nevent: lost\n\ndata: x\r\r'
    const read = (pieces: readonly string[]): unknown[] => {
      const events: unknown[] = []
      const feed = eventParser((event) => events.push(event))
      pieces.forEach(feed)
      return events
    }
    const expected = [
      { type: 'message', id: '', data: '一\ntwo' },
      { type: 'd', id: '7', data: '{"a":1}' },
      { type: 'message', id: '', data: '' },
    ]
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length]
        // the last event ends in a lone \r that may yet become \r\n: it comes with the next byte
        expect(read([...at.slice(1).map((end, i) => text.slice(at[i], end)), ' '])).toEqual([...expected, { type: 'message', id: '', data: 'x' }])
      }),
    )
  })
})
