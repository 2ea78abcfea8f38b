import type { FactDraft, FactRef, FactsLostBody, Lane } from '../facts'
import { createIds } from '../ids'
import { codeOf, OmoError } from '../issues'
import type { Issue } from '../issues'
import type { LogRecord, LockLost } from '../ports'
import { utf8 } from '../utf8'
import { endStream } from './end-stream'
import type { EndOptions } from './end-stream'
import { createInspection, refOf } from './inspect'
import { createLane } from './lane'
import type { LaneQueue } from './lane'
import { createLedger } from './ledger'
import type { FlushReport, Outbox, OutboxOptions, OutboxStats } from './outbox'
import { createPace } from './pace'
import { createQuota } from './quota'
import { endedKind, laneOf, lanes as both, lostKind, recordText } from './record'
import { createSender } from './sender'
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
  const { observeFacts = 50_000, observeBytes = 20_000_000, linger = 1000, maxBackoff = 300_000, journal = 1000 } = limits
  const ledger = createLedger(ports.kv)
  const newId = createIds(ports.entropy)

  let purging = 0
  let turning: Promise<unknown> = Promise.resolve()
  const offs: (() => void)[] = []

  const report = (issue: Issue): void => {
    try {
      if (options.onIssue) options.onIssue(issue)
    } catch {
      // the host's own fault must not stop the outbox
    }
  }

  const textOf = (draft: FactDraft): string => recordText(draft, clock.read(), ports.time.zone())
  const context: StreamContext = { ports, ledger, block: limits.block || 1024, lostText: (body) => textOf({ kind: lostKind, body }) }
  const lanes: Readonly<Record<Lane, LaneQueue>> = { trade: makeLane('trade'), observe: makeLane('observe') }
  const owner = (stream: string): LaneQueue | undefined =>
    both.map((lane) => lanes[lane]).find((queue) => queue.stream !== undefined && queue.stream.id === stream)

  const headOf = (stream: string): number => {
    const queue = owner(stream)
    return queue && queue.stream ? queue.stream.head : 0
  }

  const pace = createPace({ ports, linger, maxBackoff, sendAll })
  const inspection = createInspection(ports.log, ledger, headOf)
  const { streamsOf } = inspection
  const quota = createQuota({ ports, ledger, own: (id) => owner(id) !== undefined, stateLost, streamsOf, facts: observeFacts, units: observeBytes, report })
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
    stopped: (lane) => pace.over() || (lane === 'observe' && purging > 0),
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
      makeRoom: () => quota.makeRoom(),
      stored: () => {
        if (lane === 'observe') quota.stored()
        pace.wake()
      },
    })
  }

  async function stateLost(stream: string, body: FactsLostBody, lock?: Lock): Promise<boolean> {
    const queue = owner(stream)
    if (queue)
      return queue.add(context.lostText(body), stream).then(
        () => true,
        () => false,
      )
    const idle = await openStream(context, stream, undefined, lock)
    if (!idle) return false
    await idle.settled()
    const put = idle.put([context.lostText(body)])
    await idle.close()
    if (put) await put.stored
    return put !== undefined
  }

  /** Runs under the lead of a lane. A leader that stays silent for half a minute is frozen: its lead is taken. */
  async function lead(lane: Lane, run: (lost: LockLost) => Promise<boolean>): Promise<boolean> {
    const since = ports.time.mono()
    let done: boolean | undefined
    const job = async (lost: LockLost): Promise<void> => {
      done = false
      done = await run(lost)
    }
    while (!pace.over()) {
      await ports.locks[ports.time.mono() - since > 30_000 ? 'steal' : 'ifFree']('lead/' + lane, job)
      if (done !== undefined) return done
      await new Promise<void>((next) => void ports.timer.after(250, next))
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
      if (stream && fitting.length && !pace.over() && !(lane === 'observe' && purging)) sender.farewell(stream.id, lane, fitting)
    }
  }

  /** Stream changes of this context happen one after the other. */
  function turn<T>(run: () => Promise<T>): Promise<T> {
    const result = turning.then(run)
    turning = result.catch(() => undefined)
    return result
  }

  return {
    append(draft) {
      const stored = append(draft)
      stored.catch((error) => report({ code: codeOf(error) || 'invalid', path: draft && String(draft.kind) }))
      return stored
    },
    async flush(): Promise<FlushReport> {
      const { sent, acked, issue } = await settled()
        .then(pace.pass)
        .catch((error): Tally => ({ sent: 0, acked: 0, issue: { code: codeOf(error) || 'unavailable' } }))
      const { pending, quarantined } = await inspection.stats().catch((): OutboxStats => ({ streams: [], pending: 0, quarantined: 0 }))
      return { sent, acked, pending, quarantined, ...(issue ? { issue } : {}) }
    },
    start() {
      if (pace.start())
        offs.push(
          ports.life.onHide(farewell),
          ports.life.onShow(pace.hurry),
          ports.life.onOnline((online) => online && pace.hurry()),
        )
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
    stats: inspection.stats,
    readTrade: (from) => inspection.readTrade(lanes.trade.stream && lanes.trade.stream.id, from),
    quarantine: inspection.quarantine,
    discard: ({ stream, seq }) => ledger.dropAside(`${stream}.${seq}`),
    async stop() {
      if (!pace.stop()) return
      const done = both.map((lane) => turn(() => lanes[lane].release(nothing)))
      offs.forEach((off) => off())
      await Promise.all(done)
    },
  }

  async function settled(): Promise<void> {
    for (const lane of both) await lanes[lane].settled()
  }

  async function append(draft: FactDraft): Promise<FactRef> {
    if (pace.over()) throw new OmoError('closed', 'stopped')
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
}
