import type { FactsRequest } from '../../facts'
import { OmoError } from '../../issues'
import { retryAfter } from '../../retry-after'
import type { Outcome } from './network'
import type { World } from './world'
import type { WorldContext } from './world-context'

/** How often there was something to judge. */
export interface TrafficCounts {
  /** Answers that asked to be left alone. */
  askedForPeace: number
  /** Most requests of one context in a minute without a good answer. */
  mostInBadMinute: number
  /** Batches sent under a lock. */
  led: number
  /** Numbers that two contexts or more have sent. */
  sentByTwo: number
}

/** Most requests a context may send in a minute in which nobody answers well. */
const budget = 60
const minute = 60_000

/** What is known of one context. */
interface Sender {
  /** When it sent, since it was last answered well. */
  times: number[]
  /** True time before which it was asked not to send. */
  notBefore: number
}

/**
 * Watches what the outboxes of a world send.
 *
 * - **I4** at most one request a second and context while nobody answers well, on average over a minute; none at all while
 *   the hub asked to be left alone (`Retry-After`)
 * - **I11** a batch leaves only from the context that holds its lane's lead, or its stream where each page sends its own; the
 *   last words of a page that hides excepted
 */
export function watchTraffic(world: World, sends: 'leader' | 'owner'): TrafficCounts {
  const counts: TrafficCounts = { askedForPeace: 0, mostInBadMinute: 0, led: 0, sentByTwo: 0 }
  const senders = new Map<string, Sender>()
  const carriers = new Map<string, Set<string>>()

  world.onSend((from, request) => {
    if (request.method !== 'POST' || !/\/v1\/facts$/.test(request.url)) return undefined
    const { stream, lane, facts } = factsIn(request.body)
    facts.forEach(({ seq }) => {
      const id = `${stream}.${seq}`
      const by = carriers.get(id) || new Set()
      carriers.set(id, by.add(from))
      if (by.size === 2) counts.sentByTwo++
    })

    let sender = senders.get(from)
    if (!sender) senders.set(from, (sender = { times: [], notBefore: 0 }))
    const { times, notBefore } = sender
    const now = world.now()
    if (now < notBefore) world.broken('I4', `${from} sent ${notBefore - now} ms before the time it was asked to wait for`)
    times.push(now)
    const recent = times.filter((time) => time > now - minute)
    sender.times = recent
    counts.mostInBadMinute = Math.max(counts.mostInBadMinute, recent.length)
    if (recent.length > budget) world.broken('I4', `${from} sent ${recent.length} requests within a minute, none of them answered well`)

    // nobody waits for the answer to last words, and nobody leads where everybody leaves
    if (request.keepalive) return undefined
    const context = contextOf(world, from)
    counts.led++
    const lock = sends === 'leader' ? `lead/${lane}` : `stream/${stream}`
    if (!context || !context.holds(lock)) world.broken('I11', `${from} sent a batch of ${stream} without ${lock}`)

    return (outcome) => hear(sender as Sender, outcome)
  })

  function hear(sender: Sender, outcome: Outcome): void {
    if (outcome instanceof OmoError) return
    if (outcome.status === 200 && /"through"/.test(outcome.text)) sender.times = []
    const wait = outcome.status === 200 ? 0 : retryAfter(outcome.headers)
    if (!wait) return
    counts.askedForPeace++
    sender.notBefore = world.now() + wait
  }

  return counts
}

/** The request as far as it can be read: a record that cannot be spoils the rest of its batch. */
export function factsIn(body = ''): FactsRequest {
  try {
    return JSON.parse(body) as FactsRequest
  } catch {
    const [, stream = '', lane = ''] = /^{"stream":"([^"]*)","lane":"([^"]*)"/.exec(body) || []
    return { stream, lane: lane as FactsRequest['lane'], sent_at: 0, head: 0, facts: [] }
  }
}

function contextOf(world: World, name: string): WorldContext | undefined {
  for (const { contexts } of world.devices) for (const context of contexts) if (context.name === name) return context
  return undefined
}
