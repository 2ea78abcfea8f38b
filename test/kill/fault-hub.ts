import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FactsRequest, KeyKind } from '@omokit/core'
import { createRandom, sliceFacts } from '@omokit/core/testing'
import type { StreamView } from '@omokit/core/testing'
import { createHub, createKey, processEffects } from '@omokit/hub'
import type { Store } from '@omokit/hub'
import { streamsOf } from '../world/hub-in-world'

/** How often a request meets each fault: at most one of them. */
export interface HubFaults {
  /** 500 before the hub heard of it. */
  readonly failed: number
  /** 500 after it did its work. */
  readonly failedLate: number
  /** The connection is cut before the hub heard of it. */
  readonly refused: number
  /** The connection is cut after it did its work: the acknowledgement is lost. */
  readonly lostAck: number
}

/** The real hub on loopback, behind faults drawn from a seed; a brand of its own on the store. */
export interface FaultHub {
  readonly url: string
  readonly key: string
  /** How often each fault struck, and how many requests there were. */
  readonly counts: Readonly<Record<keyof HubFaults | 'requests', number>>
  /** Every text that reached the hub under a number, by `stream.seq`. */
  readonly wire: ReadonlyMap<string, ReadonlySet<string>>
  /** What the hub stored. */
  streams(): Promise<readonly StreamView[]>
  /** The hub's own report, as its owner reads it. */
  report<T>(path: string): Promise<T>
  /** Copies the hub keeps aside, by `stream.seq`: texts. */
  aside(): Promise<readonly { readonly id: string; readonly code: string; readonly text: string }[]>
  close(): Promise<void>
}

export const sound: HubFaults = { failed: 0, failedLate: 0, refused: 0, lostAck: 0 }

export async function openFaultHub(store: Store, brand: string, seed: number, faults: HubFaults = sound): Promise<FaultHub> {
  const random = createRandom(seed)
  const broken: unknown[] = []
  const hub = createHub({ store, mode: 'dev', effects: processEffects, onFault: (error) => broken.push(error) })
  const keyOf = async (kind: KeyKind): Promise<string> => {
    const made = await createKey(store, processEffects, { brand, kind, mode: 'test' })
    if (!made.ok) throw new Error(`no key: ${made.issues[0]?.code}`)
    return made.value.key
  }
  const secret = await keyOf('secret')
  const counts = { failed: 0, failedLate: 0, refused: 0, lostAck: 0, requests: 0 }

  const wire = new Map<string, Set<string>>()
  const note = (body: string): void => {
    const { stream, facts } = JSON.parse(body) as FactsRequest
    sliceFacts(body)?.forEach((text, i) => {
      const id = `${stream}.${facts[i]?.seq}`
      wire.set(id, (wire.get(id) ?? new Set()).add(text))
    })
  }

  const draw = (): keyof HubFaults | undefined => {
    let left = random.next()
    for (const name of ['failed', 'failedLate', 'refused', 'lostAck'] as const) if ((left -= faults[name]) < 0) return name
    return undefined
  }

  const server = createServer((request, response) => {
    counts.requests++
    const fault = draw()
    if (fault) counts[fault]++
    const handle = async (): Promise<void> => {
      const body = await bodyOf(request)
      if (fault === 'refused') return void request.socket.destroy()
      if (fault === 'failed') return void response.writeHead(500).end('oops')
      note(body)
      const answer = await hub.fetch(
        new Request(`http://hub${request.url}`, { method: 'POST', headers: { authorization: String(request.headers.authorization) }, body }),
      )
      const text = await answer.text()
      if (fault === 'lostAck') return void request.socket.destroy()
      if (fault === 'failedLate') return void response.writeHead(500).end('oops')
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text)
    }
    // who sent it may be dead
    handle().catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: await keyOf('terminal'),
    counts,
    wire,
    streams: () => streamsOf(store, brand),
    async report<T>(path: string) {
      const answer = await hub.fetch(new Request(`http://hub/v1/reports/${path}`, { headers: { authorization: `Bearer ${secret}` } }))
      return (await answer.json()) as T
    },
    aside: () =>
      store.tx(brand, async (trx) =>
        (
          await trx.selectFrom('facts_aside').select(['stream', 'seq', 'code', 'text']).where('brand', '=', brand).orderBy('stream').orderBy('seq').execute()
        ).map(({ stream, seq, code, text }) => ({ id: `${stream}.${seq}`, code, text })),
      ),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (broken.length) throw broken[0]
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  request.setEncoding('utf8')
  for await (const piece of request) text += piece as string
  return text
}
