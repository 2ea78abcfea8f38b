import type { FactsRequest, FactsResponse, Locks, NetResponse, Ports } from '@omokit/core'
import type { FetchLike } from '@omokit/core/memory'
import { noFaults, WorldError } from '@omokit/core/testing'
import type { ReferenceHub, World } from '@omokit/core/testing'
import { mutantOutbox } from './mutant'
import type { Mutation } from './mutant'
import { runOutbox } from './outbox-scenario'
import type { OutboxRun } from './outbox-scenario'

/** A bug, and the promises it breaks: the world must name one of them. */
export interface Plant {
  readonly breaks: RegExp
  readonly run: Omit<OutboxRun, 'seed' | 'create'>
  /** In the outbox's own source. */
  readonly source?: Mutation
}

export type PlantName =
  | 'ackBeforeCommit'
  | 'deleteBeforeAck'
  | 'reuseNumbers'
  | 'twoLeaders'
  | 'ackNeverSent'
  | 'believeAnyAck'
  | 'quarantineDropped'
  | 'noBackoff'
  | 'backoffOverflow'
  | 'peaceIgnored'
  | 'dropOldestFirst'

const day = 86_400_000

/** Every bug that is planted, by name. */
export const plants: Readonly<Record<PlantName, Plant>> = {
  ackBeforeCommit: { breaks: /^(I1|I7|I8|I14|losses)$/, run: { hub: ackBeforeCommit } },
  deleteBeforeAck: { breaks: /^(I1|I8|losses)$/, run: { ports: deleteBeforeAck } },
  reuseNumbers: { breaks: /^I9$/, run: { ports: reuseNumbers } },
  twoLeaders: { breaks: /^I11$/, run: { tabs: 3, ports: everybodyLeads } },
  ackNeverSent: { breaks: /^I14$/, run: { hub: ackAhead } },
  believeAnyAck: {
    breaks: /^(I8|liveness)$/,
    run: { faults: 'none', ports: ackAheadOnTheWay },
    source: { file: 'sender.ts', from: 'Math.min(settled.through, end.seq)', to: 'settled.through' },
  },
  quarantineDropped: { breaks: /^I7$/, run: {}, source: { file: 'sender.ts', from: "await ledger.write('q/', path, { code, text })", to: '' } },
  noBackoff: {
    breaks: /^I4$/,
    run: {},
    source: { file: 'backoff.ts', from: 'Math.min(cap, base * 2 ** Math.min(attempt, 30)) * random', to: '0 * (base + cap + attempt + random)' },
  },
  backoffOverflow: {
    breaks: /^I4$/,
    run: { faults: 'none', tabs: 1, ports: timerOf31Bits, outage: 100 * day, limits: { linger: 1000 } },
    source: { file: 'backoff.ts', from: 'Math.min(cap, base * 2 ** Math.min(attempt, 30)) * random', to: 'base * 2 ** attempt * random + 0 * cap' },
  },
  peaceIgnored: { breaks: /^I4$/, run: {}, source: { file: 'pace.ts', from: 'notBefore = time.mono() + pause', to: '' } },
  dropOldestFirst: {
    breaks: /^I6$/,
    run: { tabs: 1, faults: { ...noFaults, dropRequest: 1 }, lanes: ['observe'], limits: { observeFacts: 6 } },
    source: { file: 'evict-by-priority.ts', from: 'priorityOf(text) === priority', to: 'priorityOf(text) < 3' },
  },
}

/** Seeds until the bug shows, and the promise it broke. Throws when it does not within `most`. */
export async function hunt({ run, source }: Plant, most: number = 100): Promise<{ readonly seed: number; readonly invariant: string }> {
  const create = source && (await mutantOutbox(source)).createOutbox
  for (let seed = 1; seed <= most; seed++) {
    try {
      await runOutbox({ seed, ...run, ...(create ? { create } : {}) })
    } catch (error) {
      if (error instanceof WorldError) return { seed, invariant: error.invariant }
      throw error
    }
  }
  throw new Error(`not found in ${most} seeds`)
}

/** A hub that answers first and stores half a second later: what it had not stored is gone when it crashes. */
export function ackBeforeCommit(hub: ReferenceHub, world: World): () => FetchLike {
  let lives = 0
  return () => {
    const life = ++lives
    const store = hub.start()
    return (url, init) => {
      world.after(500, () => {
        if (life === lives) void store(url, init)
      })
      const { facts } = JSON.parse(init.body || '') as FactsRequest
      const through = Math.max(...facts.map(({ seq }) => seq))
      return { status: 200, headers: new Map<string, string>(), text: () => Promise.resolve(JSON.stringify({ through, except: [], server_time: 0 })) }
    }
  }
}

/** A device that deletes what it sends without waiting for the answer. */
export function deleteBeforeAck(ports: Ports): Ports {
  return {
    ...ports,
    net: {
      async send(request) {
        if (/\/v1\/facts$/.test(request.url)) {
          const { stream, facts } = JSON.parse(request.body || '') as FactsRequest
          await ports.log.open(stream).drop(Math.max(...facts.map(({ seq }) => seq)))
        }
        return ports.net.send(request)
      },
    },
  }
}

/** A device that forgets which numbers it had reserved, and starts again above what it finds in the log. */
export function reuseNumbers(ports: Ports): Ports {
  return {
    ...ports,
    kv: {
      ...ports.kv,
      async get(key) {
        const value = await ports.kv.get(key)
        return value === null || !/^s\//.test(key) ? value : JSON.stringify({ ...JSON.parse(value), reserved: 0 })
      },
    },
  }
}

/** Locks that everybody gets, as where a page has no Web Locks and thinks it is alone. */
export function everybodyLeads(ports: Ports): Ports {
  const { locks } = ports
  const given =
    (under: Locks['ifFree']): Locks['ifFree'] =>
    (name, run) =>
      /^lead\//.test(name) ? run(() => false) : under(name, run)
  return { ...ports, locks: { ...locks, ifFree: given(locks.ifFree), steal: given(locks.steal) as Locks['steal'] } }
}

/** A hub that acknowledges three numbers more than it was sent. */
export function ackAhead(hub: ReferenceHub): () => FetchLike {
  return () => {
    const store = hub.start()
    return async (url, init) => {
      const answer = await store(url, init)
      const text = await answer.text()
      return { ...answer, text: () => Promise.resolve(ahead(text)) }
    }
  }
}

/** The same done by a box between device and hub. */
export function ackAheadOnTheWay(ports: Ports): Ports {
  return {
    ...ports,
    net: {
      async send(request): Promise<NetResponse> {
        const answer = await ports.net.send(request)
        return answer.status === 200 && /\/v1\/facts$/.test(request.url) ? { ...answer, text: ahead(answer.text) } : answer
      },
    },
  }
}

function ahead(text: string): string {
  try {
    const answer = JSON.parse(text) as FactsResponse
    return JSON.stringify({ ...answer, through: answer.through + 3 })
  } catch {
    return text
  }
}

/** What `setTimeout` does with a delay of more than 31 bits: it fires at once. */
export function timerOf31Bits(ports: Ports): Ports {
  return { ...ports, timer: { after: (ms, run) => ports.timer.after(ms <= 0x7fffffff ? ms : 1, run) } }
}
