import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { createHub, createKey, processEffects, type Store } from '@omokit/hub'
import { startCollector, type Collector } from './delivery-collector'
import { properties, type Peer } from './tracker-peers'

/** What of the events 0, 1, 2 … one collector holds. */
export interface Arrived {
  /** Copies held of each event, by its number. */
  readonly copies: ReadonlyMap<number, number>
  /** Copies received over the wire beyond the first. */
  readonly again: number
  /** Numbers of streams that are neither held nor stated lost. */
  readonly unsaid: number
  /** Numbers that were stated lost. */
  readonly statedLost: number
  /** Highest number the hub knows of. */
  readonly head: number
}

/** A client and a collector of its kind. */
export interface Subject {
  readonly name: string
  /** Whether `put` answers a promise that says when the event is stored. */
  readonly promises: boolean
  /** Code of the page: `open(collector, brand, key)` answers `put(n)`, `pending()` how many it still queues, `queued()` which. */
  readonly code: string
  /** A fresh collector, with what the page is to be opened with. */
  collect(): Promise<{ readonly collector: Collector; readonly brand: string; readonly key: string; arrived(): Promise<Arrived> }>
}

/** Both ways out of a page: what each page makes, and how many it still queues. */
const ownCodes = {
  'omokit, all lanes': `
      import { createClock } from '@omokit/core'
      import { createOutbox } from '@omokit/core/outbox'
      import { createWebPorts } from '@omokit/core/web'
      const make = (options, brand) => {
        const ports = createWebPorts({ brand })
        const outbox = createOutbox({ ports, clock: createClock(ports), ...options })
        return { outbox, queued: async () => (await outbox.stats()).pending }
      }`,
  'omokit, page of events': `
      import { createSlimClock } from '@omokit/core'
      import { createPageOutbox, createPagePorts } from '@omokit/core/page'
      const make = (options, brand) => {
        const ports = createPagePorts({ brand })
        const outbox = createPageOutbox({ ports, clock: createSlimClock(ports), ...options })
        return { outbox, queued: async () => (await ports.records.count())[0] }
      }`,
}

/** Our outboxes on the hub itself. What is counted is what stands in the hub's store. */
export function ownSubjects(store: Store): readonly Subject[] {
  const free = { perSecond: 1e9, burst: 1e9 }
  const hub = createHub({ store, mode: 'live', limits: { perKey: free, perBrand: free } })
  let brands = 0
  return Object.entries(ownCodes).map(([name, code]) => ({
    name,
    promises: true,
    code: `${code}
      const properties = ${properties}
      const opened = []
      const open = (hub, brand, key) => {
        const one = make({ hub, key }, brand)
        one.outbox.start()
        opened.push(one)
        return (n) => one.outbox.append({ kind: 'Product Viewed', body: { n, ...properties(n) } })
      }
      const pending = async () => {
        let sum = 0
        for (const one of opened) sum += await one.queued()
        return sum
      }
      // whatever is queued counts as missing too
      const queued = async () => []`,
    async collect() {
      const brand = `bench${++brands}`
      const made = await createKey(store, processEffects, { brand, kind: 'publishable', mode: 'test' })
      if (!made.ok) throw new Error('no key')
      let received = 0
      const collector = await startCollector(async (request, body) => {
        const headers = new Headers()
        for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value)
        const text = body.toString()
        if (request.url === '/v1/facts') received += text.split('"mark-').length - 1
        const answer = await hub.fetch(new Request(`http://hub${request.url}`, { method: request.method ?? 'GET', headers, ...(text && { body: text }) }))
        return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
      })
      return { collector, brand, key: made.value.key, arrived: () => inStore(store, brand, () => received) }
    },
  }))
}

async function inStore(store: Store, brand: string, received: () => number): Promise<Arrived> {
  const { facts, streams, aside } = await store.tx(brand, async (trx) => ({
    facts: await trx.selectFrom('facts').select(['stream', 'seq', 'text']).where('brand', '=', brand).execute(),
    streams: await trx.selectFrom('streams').select(['stream', 'through', 'head']).where('brand', '=', brand).execute(),
    aside: await trx.selectFrom('facts_aside').select('code').where('brand', '=', brand).execute(),
  }))
  if (aside.length) throw new Error(`the hub put facts aside: ${aside.map(({ code }) => code).join(', ')}`)
  const copies = new Map<number, number>()
  let statedLost = 0
  for (const { text } of facts) {
    const { n, ranges } = (JSON.parse(text) as { body: { n?: number; ranges?: readonly (readonly [number, number])[] } }).body
    if (n !== undefined) copies.set(n, (copies.get(n) ?? 0) + 1)
    for (const [low, high] of ranges ?? []) statedLost += high - low + 1
  }
  let held = 0
  for (const count of copies.values()) held += count
  return {
    copies,
    again: received() - held,
    unsaid: streams.reduce((sum, { through, head }) => sum + Number(head) - Number(through), 0),
    statedLost,
    head: Math.max(0, ...streams.map(({ head }) => Number(head))),
  }
}

/** A tracker of the field on a collector that keeps everything it is sent; it has no promise to hold it to. */
export function peerSubject({ name, version, code }: Peer): Subject {
  return {
    name: `${name}@${version}`,
    promises: false,
    code: `${code}
      // our events in its storage
      const queued = async () => Array.from(new Set(JSON.stringify({ ...localStorage }).match(/mark-\\d+-/g)), (mark) => Number(mark.slice(5, -1)))
      const pending = async () => (await queued()).length`,
    async collect() {
      const copies = new Map<number, number>()
      const collector = await startCollector(async (request, body) => {
        for (const [, n] of `${request.url} ${readable(request, body)}`.matchAll(/mark-(\d+)-/g)) copies.set(Number(n), (copies.get(Number(n)) ?? 0) + 1)
        return { status: 200, headers: { 'content-type': 'application/json' }, text: '{"code":200,"status":1,"error":null}' }
      })
      return {
        collector,
        brand: 'bench',
        key: '',
        arrived: async () => ({ copies, again: Array.from(copies.values()).reduce((sum, count) => sum + count - 1, 0), unsaid: 0, statedLost: 0, head: 0 }),
      }
    },
  }
}

/** The text of a body, also when it is compressed, a form, or base64 in a form. */
function readable(request: IncomingMessage, body: Buffer): string {
  const text = (request.headers['content-encoding'] === 'gzip' || (body[0] === 0x1f && body[1] === 0x8b) ? gunzipSync(body) : body).toString()
  const data = /^data=([^&]*)/.exec(text)?.[1]
  if (!data) return text
  const plain = decodeURIComponent(data.replace(/\+/g, ' '))
  return plain.startsWith('[') || plain.startsWith('{') ? plain : Buffer.from(plain, 'base64').toString()
}
