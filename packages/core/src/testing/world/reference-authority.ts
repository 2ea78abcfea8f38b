import type { CommandAnswers, CommandPayloads, CommandRequest, Operation, Right } from '../../commands/commands'
import { refuse } from '../../issues'
import type { Issue, Result } from '../../issues'
import type { FetchAnswer, FetchLike } from '../../memory/fetch-net'

/** Where the units of a counter are; the four always sum to its limit. */
export interface CounterView {
  readonly limit: number
  readonly free: number
  readonly held: number
  readonly redeemed: number
  readonly leased: number
}

/** One authority for counters in plain lines, written from the protocol page alone. */
export interface ReferenceAuthority {
  /** A process over the store; call again after a crash. */
  start(): FetchLike
  counter(id: string): CounterView
  /** State of each hold by order. */
  orders(): ReadonlyMap<string, readonly HoldState[]>
}

export type HoldState = 'held' | 'redeemed' | 'reversed' | 'released' | 'expired'

export interface ReferenceAuthorityOptions {
  readonly now: () => number
  readonly counters: Readonly<Record<string, number>>
}

interface Hold {
  readonly id: string
  readonly order: string
  readonly rights: readonly Right[]
  readonly expiresAt: number
  state: HoldState
}

interface Lease {
  readonly right: Right
  open: boolean
}

interface Counter {
  readonly limit: number
  free: number
  held: number
  redeemed: number
  leased: number
}

export function createReferenceAuthority({ now, counters }: ReferenceAuthorityOptions): ReferenceAuthority {
  const answers = new Map<string, { readonly asked: string; readonly answer: Result<unknown> }>()
  const store = new Map<string, Counter>()
  const holds = new Map<string, Hold>()
  const leases = new Map<string, Lease>()
  Object.keys(counters).forEach((id) => {
    const limit = counters[id] as number
    store.set(id, { limit, free: limit, held: 0, redeemed: 0, leased: 0 })
  })
  const counterOf = ({ id }: Right): Counter | undefined => store.get(id)
  const move = (rights: readonly Right[], from: 'free' | 'held' | 'redeemed', to: 'free' | 'held' | 'redeemed'): void =>
    rights.forEach((right) => {
      const counter = counterOf(right) as Counter
      counter[from] -= right.qty
      counter[to] += right.qty
    })

  function expire(): void {
    holds.forEach((hold) => {
      if (hold.state !== 'held' || hold.expiresAt > now()) return
      move(hold.rights, 'held', 'free')
      hold.state = 'expired'
    })
  }

  /** Moves a hold on, or says why not. */
  function settle<T>(id: string, from: HoldState, to: HoldState, value: (hold: Hold) => T): Result<T> {
    const hold = holds.get(id)
    if (!hold) return refuse('hold-unknown')
    if (hold.state === 'expired') return refuse('hold-expired')
    if (hold.state !== from) return refuse('hold-settled')
    move(hold.rights, from === 'redeemed' ? 'redeemed' : 'held', to === 'redeemed' ? 'redeemed' : 'free')
    hold.state = to
    return { ok: true, value: value(hold) }
  }

  const operations: { [O in Operation]?: (payload: CommandPayloads[O]) => Result<CommandAnswers[O]> } = {
    hold({ order, rights, ttlMs }) {
      const short = rights.filter((right) => (counterOf(right) || { free: -1 }).free < right.qty)
      if (short.length) return refuse(counterOf(short[0] as Right) ? 'exhausted' : 'not-found')
      const hold: Hold = { id: `h${holds.size + 1}`, order, rights, expiresAt: now() + ttlMs, state: 'held' }
      holds.set(hold.id, hold)
      move(rights, 'free', 'held')
      return { ok: true, value: { hold: hold.id, expiresAt: hold.expiresAt, rights } }
    },
    confirm: ({ hold }) => settle(hold, 'held', 'redeemed', () => ({ hold, state: 'redeemed' })),
    release: ({ hold }) => settle(hold, 'held', 'released', () => ({ hold, state: 'released' })),
    reverse: ({ hold }) => settle(hold, 'redeemed', 'reversed', () => ({ hold, state: 'reversed' })),
    lease({ right, terminal, ttlMs, epoch }) {
      const counter = counterOf(right)
      if (!counter || counter.free < right.qty) return refuse('exhausted')
      counter.free -= right.qty
      counter.leased += right.qty
      const lease = `l${leases.size + 1}`
      leases.set(lease, { right, open: true })
      return { ok: true, value: { lease, right, terminal, epoch, expiresAt: now() + ttlMs } }
    },
    'lease-return'({ lease, spent }) {
      const found = leases.get(lease)
      if (!found || !found.open) return refuse('lease-unknown')
      found.open = false
      const { right } = found
      const counter = counterOf(right) as Counter
      counter.leased -= right.qty
      counter.redeemed += spent
      counter.free += right.qty - spent
      return { ok: true, value: { lease, returned: right.qty - spent } }
    },
  }

  function command(request: CommandRequest): Result<unknown> {
    const asked = JSON.stringify([request.operation, request.payload])
    const before = answers.get(request.key)
    if (before) return before.asked === asked ? before.answer : refuse('key-reused')
    expire()
    const run = operations[request.operation] as ((payload: unknown) => Result<unknown>) | undefined
    const answer = run ? run(request.payload) : refuse('invalid')
    answers.set(request.key, { asked, answer })
    return answer
  }

  return {
    start: () => (_url, init) => {
      const answer = command(JSON.parse(init.body || '') as CommandRequest)
      return json(answer.ok ? 200 : 409, answer as { readonly issues?: readonly Issue[] })
    },
    counter: (id) => ({ ...(store.get(id) as Counter) }),
    orders() {
      expire()
      const found = new Map<string, HoldState[]>()
      holds.forEach(({ order, state }) => found.set(order, (found.get(order) || []).concat(state)))
      return found
    },
  }
}

function json(status: number, value: object): FetchAnswer {
  return { status, headers: new Map([['content-type', 'application/json']]), text: () => Promise.resolve(JSON.stringify(value)) }
}
