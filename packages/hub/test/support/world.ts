import type { FactsResponse, KeyKind, Lane } from '@omokit/core'
import { createHub, createKey, type Hub, type HubEffects, type HubLimits, type HubSigner, type StaffRole, type Store } from '../../src/index'
import { factHash } from '../../src/facts/fact-hash'

/** One brand of its own on a shared store: tests never meet, and nothing needs to be emptied between them. */
export interface World {
  readonly brand: string
  readonly hub: Hub
  readonly store: Store
  readonly clock: { now: number }
  key(kind: KeyKind, options?: { readonly roles?: readonly StaffRole[]; readonly storeId?: string; readonly brand?: string }): Promise<string>
  call(method: string, path: string, key: string | undefined, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  send(key: string, batch: Batch): Promise<Answer & { readonly facts: FactsResponse }>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: unknown
  /** Code of the first issue, when it is a refusal. */
  readonly code: string | undefined
}

export interface Batch {
  readonly stream: string
  readonly lane: Lane
  readonly head?: number
  readonly sentAt?: number
  /** Texts of facts as they stand in the body. */
  readonly facts: readonly string[]
}

let worlds = 0
export const noon: number = Date.UTC(2026, 10, 22, 4)

export function createWorld(
  store: Store,
  options: { readonly limits?: Partial<HubLimits>; readonly now?: number; readonly signer?: HubSigner; readonly bus?: boolean } = {},
): World {
  const brand = `brand-${++worlds}-${process.pid}`
  const clock = { now: options.now ?? noon }
  let seed = worlds * 7919
  const effects: HubEffects = {
    now: () => clock.now,
    random: (n) => Uint8Array.from({ length: n }, () => (seed = Math.imul(seed, 1103515245) + 12345) >>> 24),
    every: () => () => undefined,
  }
  const faults: unknown[] = []
  const hub = createHub({
    store,
    mode: 'dev',
    effects,
    limits: options.limits ?? {},
    bus: options.bus ?? false,
    onFault: (error) => faults.push(error),
    ...(options.signer ? { signer: options.signer } : {}),
  })
  const call: World['call'] = async (method, path, key, body, headers = {}) => {
    const init: RequestInit = { method, headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers } }
    if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await hub.fetch(new Request(`http://hub${path}`, init))
    const text = await response.text()
    if (faults.length) throw faults[0]
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch {
      parsed = undefined
    }
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: parsed,
      code: (parsed as { issues?: { code: string }[] } | undefined)?.issues?.[0]?.code,
    }
  }
  return {
    brand,
    hub,
    store,
    clock,
    call,
    async key(kind, more = {}) {
      const made = await createKey(store, effects, { brand, kind, mode: 'test', ...more })
      if (!made.ok) throw new Error(made.issues[0]?.code)
      return made.value.key
    },
    async send(key, batch) {
      const answer = await call('POST', '/v1/facts', key, batchText(batch, clock.now))
      return { ...answer, facts: answer.body as FactsResponse }
    },
  }
}

/** The body of a request, with the facts byte for byte. */
export function batchText(batch: Batch, now: number): string {
  const head = batch.head ?? Math.max(0, ...batch.facts.map((text) => Number(/"seq":(\d+)/.exec(text)?.[1] ?? 0)))
  return `{"stream":"${batch.stream}","lane":"${batch.lane}","sent_at":${batch.sentAt ?? now},"head":${head},"facts":[${batch.facts.join(',')}]}`
}

/** The text of one fact of the observe lane. */
export function viewed(seq: number, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ seq, kind: 'Product Viewed', at: noon, tz: 480, mono: seq, src: 'device', body: { sku: `sku-${seq}` }, ...more })
}

/** Facts of the trade lane chained by hash, numbered from `first`; `prev` is the hash before the first. */
export function chained(
  bodies: readonly { readonly kind: string; readonly body: unknown; readonly [key: string]: unknown }[],
  first: number = 1,
  prev: string = '',
): string[] {
  return bodies.map((fact, i) => {
    const text = JSON.stringify({ seq: first + i, at: noon, tz: 480, mono: i, src: 'server', offset: 0, ...fact, prev })
    prev = factHash(text)
    return text
  })
}

/** A plain trade fact without meaning to any consumer. */
export const order = (id: string): { kind: string; body: unknown } => ({ kind: 'Order Completed', body: { orderId: id, total: 100 } })
