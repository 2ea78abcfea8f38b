import type { Fact, FactDraft, FactRef, FactsLostBody, Lane } from '../facts'
import { createIds } from '../ids'
import { codeOf, OmoError } from '../issues'
import type { Issue } from '../issues'
import type { Log, LogRecord, LockLost } from '../ports'
import { utf8 } from '../utf8'
import { backoff, jitter } from './backoff'
import { endStream } from './end-stream'
import type { EndOptions } from './end-stream'
import { evict } from './evict'
import { createLane } from './lane'
import type { LaneQueue } from './lane'
import { createLedger } from './ledger'
import type { FlushReport, Outbox, OutboxOptions, OutboxStats, QuarantinedFact, StoredFact, StreamStats } from './outbox'
import { endedKind, laneOf, lanes as both, lostKind, recordText } from './record'
import { createSender, factOf } from './sender'
import type { Tally } from './sender'
import { openStream } from './stream'
import type { Lock, StreamContext } from './stream'

const nothing = async (): Promise<void> => undefined

/**
 * Makes the durable way out of facts; see {@link Outbox} for what it promises. Nothing is touched before the first call.
 *
 * @example
 * const outbox = createOutbox({ ports, clock: createClock({ time: ports.time, kv: ports.kv }), hub: 'https://hub.example', key })
 * outbox.start()
 * await outbox.append({ kind: 'Order Completed', body: { orderId: 'o-1', total: 1999, currency: 'CNY' } })
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { ports, clock, limits = {} } = options
  const { time, timer } = ports
  const { observeFacts = 50_000, observeBytes = 20_000_000, linger = 1000, maxBackoff = 300_000, journal = 1000 } = limits
  const ledger = createLedger(ports.kv)
  const newId = createIds(ports.entropy)

  let closed = false
  let started = false
  let awake = false
  let purging = 0
  let cancel: (() => void) | undefined
  let failures = 0
  /** Monotonic time before which the hub asked to be left alone. */
  let notBefore = 0
  let passing: Promise<unknown> = Promise.resolve()
  let turning: Promise<unknown> = Promise.resolve()
  let sinceCheck = 0
  let shedding = false
  const offs: (() => void)[] = []

  const report = (issue: Issue): void => {
    try {
      if (options.onIssue) options.onIssue(issue)
    } catch {
      // the host's own fault must not stop the outbox
    }
  }

  const textOf = (draft: FactDraft): string => recordText(draft, clock.read(), time.zone())
  const context: StreamContext = { ports, ledger, block: limits.block || 1024, lostText: (body) => textOf({ kind: lostKind, body }) }
  const lanes: Readonly<Record<Lane, LaneQueue>> = { trade: makeLane('trade'), observe: makeLane('observe') }
  const owner = (stream: string): LaneQueue | undefined => both.map((lane) => lanes[lane]).find((queue) => queue.stream !== undefined && queue.stream.id === stream)

  const headOf = (stream: string): number => {
    const queue = owner(stream)
    return queue && queue.stream ? queue.stream.head : 0
  }

  const sender = createSender({
    ports,
    ledger,
    clock,
    hub: options.hub,
    key: options.key,
    memberToken: options.memberToken,
    batch: Math.min(limits.batch || 200, 500),
    batchBytes: limits.batchBytes || 200_000,
    kept: (lane) => (lane === 'trade' ? Math.max(1, journal) : 0),
    report,
    stateLost,
    headOf,
    forked: async (stream) => {
      await ledger.setMark(stream, 'fork')
      const queue = owner(stream)
      if (queue) await turn(() => queue.release(nothing))
    },
    acknowledged: (stream, through) => both.forEach((lane) => lanes[lane].acknowledged(stream, through)),
    stopped: (lane) => closed || (lane === 'observe' && purging > 0),
  })

  const ending: EndOptions = {
    context,
    state: (body) => lanes.trade.add(textOf({ kind: endedKind, body })),
    move: (lane, text) => lanes[lane].add(text),
  }

  function makeLane(lane: Lane): LaneQueue {
    return createLane({
      ...context,
      // trade takes one append after the other: it needs no numbers for a burst
      ...(lane === 'trade' ? { block: Math.min(context.block, 32) } : {}),
      lane,
      newId,
      makeRoom: () => shed(observeFacts / 10, 1),
      stored: () => {
        if (lane === 'observe' && ++sinceCheck >= observeFacts / 20 && !shedding) {
          shedding = true
          sinceCheck = 0
          shed().catch((error) => report({ code: codeOf(error) || 'unavailable' })).then(() => (shedding = false))
        }
        schedule(linger)
      },
    })
  }

  /** Brings the observe lane under its quota, or frees the given share. */
  async function shed(facts = 0, units = 0): Promise<void> {
    const streams = (await streamsOf('observe')).map(({ id }) => id)
    if (!facts) {
      facts = -observeFacts
      units = -observeBytes
      for (const id of streams) {
        const { count, bytes } = await ports.log.open(id).stats()
        facts += count
        units += bytes
      }
    }
    if (facts <= 0 && units <= 0) return
    const have = await evict({ ports, ledger, own: (id) => owner(id) !== undefined, stateLost }, streams, facts, units)
    report({ code: 'quota', have, need: Math.ceil(facts) })
  }

  async function stateLost(stream: string, body: FactsLostBody, lock?: Lock): Promise<boolean> {
    const queue = owner(stream)
    if (queue) return queue.add(context.lostText(body), stream).then(() => true, () => false)
    const idle = await openStream(context, stream, undefined, lock)
    if (!idle) return false
    await idle.settled()
    const put = idle.put([context.lostText(body)])
    await idle.close()
    if (put) await put.stored
    return put !== undefined
  }

  /** All streams of this device, ours and others'. Without its head the first record tells the lane. */
  async function streamsOf(lane?: Lane): Promise<readonly { readonly id: string; readonly lane: Lane; readonly log: Log }[]> {
    const found: { id: string; lane: Lane; log: Log }[] = []
    const heads = await ledger.heads()
    for (const id of heads.concat((await ports.log.list()).filter((name) => heads.indexOf(name) < 0))) {
      const log = ports.log.open(id)
      const head = await ledger.head(id)
      const [first] = head ? [] : await log.read(0, 1, 1)
      const its = head ? head.lane : first && first.text.startsWith('{"prev"') ? 'trade' : 'observe'
      if (!lane || its === lane) found.push({ id, lane: its, log })
    }
    return found
  }

  /** Runs under the lead of a lane. A leader that stays silent for half a minute is frozen: its lead is taken. */
  async function lead(lane: Lane, run: (lost: LockLost) => Promise<boolean>): Promise<boolean> {
    const since = time.mono()
    let done: boolean | undefined
    const job = async (lost: LockLost): Promise<void> => {
      done = false
      done = await run(lost)
    }
    while (!closed) {
      await ports.locks[time.mono() - since > 30_000 ? 'steal' : 'ifFree']('lead/' + lane, job)
      if (done !== undefined) return done
      await new Promise<void>((next) => void timer.after(250, next))
    }
    return false
  }

  const sendLane = (lane: Lane, tally: Tally): Promise<boolean> =>
    lead(lane, async (lost) => {
      for (const { id } of await streamsOf(lane)) {
        if (await sender.drain(id, lane, tally, lost)) continue
        // the lead was taken: what only we can do, such as stating losses of our own stream, is still to be done
        tally.issue = tally.issue || { code: 'unavailable' }
        return false
      }
      return true
    })

  /** Trade, then observe, then the ends of streams, which may leave more to send. */
  async function sendAll(): Promise<Tally> {
    const tally: Tally = { sent: 0, acked: 0 }
    try {
      for (const queue of both.map((lane) => lanes[lane])) {
        // another context ended it: logout and withdrawal reach every tab
        if (queue.stream && (await ledger.mark(queue.stream.id))) await turn(() => queue.release(nothing))
      }
      for (let round = 0; round < 3; round++) {
        // a key that may not send trade may well send observe
        if (!(await sendLane('trade', tally)) && !(tally.issue && tally.issue.have === 403)) break
        if (!(await sendLane('observe', tally)) || !(await endAll())) break
        // a statement was made in the last round: it is still to be sent
        if (round === 2) tally.issue = { code: 'unavailable' }
      }
    } catch (error) {
      report((tally.issue = { code: codeOf(error) || 'unavailable' }))
    }
    return tally
  }

  /** Settles the streams nobody uses; true when that left something to send. */
  async function endAll(): Promise<boolean> {
    let more = false
    for (const { id } of await streamsOf()) if (!owner(id) && (await endStream(ending, id))) more = true
    return more
  }

  /** One pass at a time; what fails is tried again later and later. */
  function pass(): Promise<Tally> {
    const result = passing.then(async () => {
      const wait = notBefore - time.mono()
      if (closed) return { sent: 0, acked: 0, issue: { code: 'closed' as const } }
      unschedule()
      if (wait > 0) {
        schedule(wait)
        return { sent: 0, acked: 0, issue: { code: 'rate-limited' as const, need: wait } }
      }
      const tally = await sendAll()
      if (tally.issue) {
        unschedule()
        notBefore = time.mono() + (tally.pause || 0)
        schedule(tally.pause || (await pause(tally.issue)))
      } else failures = 0
      return tally
    })
    passing = result.catch(nothing)
    return result
  }

  async function pause({ have }: Issue): Promise<number> {
    // only a new key or a new scope will help
    if (have === 401 || have === 403) return maxBackoff
    return backoff(failures++, 2 * linger, maxBackoff, await jitter(ports.entropy))
  }

  function unschedule(): void {
    if (cancel) cancel()
    cancel = undefined
  }

  function schedule(ms: number): void {
    awake = true
    if (!started || closed || cancel) return
    cancel = timer.after(ms, () => {
      cancel = undefined
      pass().catch(nothing)
    })
  }

  const hurry = (): void => {
    if (awake) pass().catch(nothing)
  }

  /** The page goes away: what is stored and not confirmed, as much as a keepalive request carries. */
  const farewell = (): void => {
    let room = 60_000
    for (const lane of both) {
      const { stream, tail } = lanes[lane]
      const fitting: LogRecord[] = []
      if (stream && tail.length) room -= 300
      for (const record of tail) {
        room -= utf8(record.text).length + 30
        if (room > 0) fitting.push(record)
      }
      if (stream && fitting.length && !closed && !(lane === 'observe' && purging)) sender.farewell(stream.id, lane, fitting)
    }
  }

  /** Stream changes of this context happen one after the other. */
  function turn<T>(run: () => Promise<T>): Promise<T> {
    const result = turning.then(run)
    turning = result.catch(() => undefined)
    return result
  }

  async function stats(): Promise<OutboxStats> {
    const streams: StreamStats[] = []
    let total = 0
    for (const { id, lane, log } of await streamsOf()) {
      const { acked } = await ledger.sent(id)
      const { count, first, last } = await log.stats()
      // trade keeps what was acknowledged as its journal
      const pending = first > acked ? count : (await log.read(acked + 1, 1e9, 1e9)).length
      if (!count && !acked) continue
      total += pending
      streams.push({ stream: id, lane, head: Math.max(acked, last, headOf(id)), acked, pending })
    }
    return { streams, pending: total, quarantined: (await ledger.asides()).length }
  }

  return {
    append(draft) {
      const stored = append(draft)
      stored.catch((error) => report({ code: codeOf(error) || 'invalid', path: draft && String(draft.kind) }))
      return stored
    },
    async flush(): Promise<FlushReport> {
      const { sent, acked, issue } = await settled().then(pass).catch((error): Tally => ({ sent: 0, acked: 0, issue: { code: codeOf(error) || 'unavailable' } }))
      const { pending, quarantined } = await stats().catch((): OutboxStats => ({ streams: [], pending: 0, quarantined: 0 }))
      return { sent, acked, pending, quarantined, ...(issue ? { issue } : {}) }
    },
    start() {
      if (started || closed) return
      started = true
      offs.push(ports.life.onHide(farewell), ports.life.onShow(hurry), ports.life.onOnline((online) => online && hurry()))
      // what an earlier life left
      schedule(linger)
    },
    async rotate({ purge = false } = {}) {
      purging += purge ? 1 : 0
      try {
        await turn(() => lanes.observe.release(() => markObserve(purge), purge))
        await endAll()
      } finally {
        purging -= purge ? 1 : 0
      }
    },
    stats,
    readTrade,
    async quarantine(): Promise<readonly QuarantinedFact[]> {
      const facts: QuarantinedFact[] = []
      for (const name of await ledger.asides()) {
        const aside = await ledger.aside(name)
        if (aside) facts.push({ ...refOf(name), ...aside })
      }
      return facts
    },
    discard: ({ stream, seq }) => ledger.dropAside(`${stream}.${seq}`),
    async stop() {
      if (closed) return
      const done = both.map((lane) => turn(() => lanes[lane].release(nothing)))
      closed = true
      unschedule()
      offs.forEach((off) => off())
      await Promise.all(done)
    },
  }

  async function settled(): Promise<void> {
    for (const lane of both) await lanes[lane].settled()
  }

  async function append(draft: FactDraft): Promise<FactRef> {
    if (closed) throw new OmoError('closed', 'stopped')
    const lane = laneOf(draft.kind)
    return lanes[lane].add(textOf(draft))
  }

  /** Ends every observe stream of this device, also those other contexts left or hold. */
  async function markObserve(purge: boolean): Promise<void> {
    for (const { id } of await streamsOf('observe')) {
      const mark = await ledger.mark(id)
      if (!mark || (purge && typeof mark === 'string')) await ledger.setMark(id, purge ? 'purge' : 'end')
    }
    if (!purge) return
    for (const name of await ledger.asides()) {
      const head = await ledger.head(refOf(name).stream)
      if (!head || head.lane === 'observe') await ledger.dropAside(name)
    }
  }

  async function readTrade(from = 1): Promise<readonly StoredFact[]> {
    const facts: StoredFact[] = []
    const stream = lanes.trade.stream && lanes.trade.stream.id
    const streams = await streamsOf('trade')
    // ours last: what others left is older
    for (const { id, log } of streams.filter((one) => one.id !== stream).concat(streams.filter((one) => one.id === stream))) {
      for (const { seq, text } of await log.read(from, 1e9, 1e9)) {
        const fact = factOf(text)
        if (fact) facts.push({ stream: id, seq, text, fact: { ...fact, seq } as Fact })
      }
    }
    return facts
  }
}

function refOf(name: string): FactRef {
  const dot = name.lastIndexOf('.')
  return { stream: name.slice(0, dot), seq: Number(name.slice(dot + 1)) }
}
