import type { FactDraft, FactRef, FactsLostBody, Lane as LaneName } from '../facts'
import { createIds } from '../ids'
import { codeOf, OmoError } from '../issues'
import type { Issue } from '../issues'
import type { LockLost, Log, LogRecord, Ports } from '../ports'
import { jitter } from './backoff'
import { endStream } from './end-stream'
import { evictByPriority } from './evict-by-priority'
import { statsOf } from './inspect'
import { createLane } from './lane'
import type { Lane } from './lane'
import type { LaneKind } from './lane-kind'
import { createLedger } from './ledger'
import type { Ledger } from './ledger'
import type { FlushReport, OutboxOptions } from './outbox'
import { createPace } from './pace'
import { createQuota } from './quota'
import { byteLength, endedKind, lostKind, recordText } from './record'
import { reporter } from './reporter'
import { createSender } from './sender'
import type { Tally } from './sender'
import { laneOf, lostText, openStream } from './stream'
import type { Lock } from './stream'

/** A stream of this device and its log. */
export interface HeldStream {
  readonly id: string
  readonly lane: LaneName
  readonly log: Log
}

/** What drives an outbox, and what its parts stand on. */
export interface Engine {
  readonly options: OutboxOptions
  readonly ports: Ports
  readonly ledger: Ledger
  /** In the order of sending. */
  readonly lanes: readonly Lane[]
  /** The lane whose stream that is, when it is ours. */
  owner(stream: string): Lane | undefined
  /** All streams of this device, ours and others'. Without its head the first record tells the lane. */
  streamsOf(lane?: LaneName): Promise<readonly HeldStream[]>
  /** States what the last owner of a stream that nobody uses left uncertain; true when there was something. */
  settle(stream: string, lock?: Lock): Promise<boolean>
  /** Makes a statement about numbers of a stream in that stream; false when somebody else owns it now. */
  stateLost(stream: string, ranges: FactsLostBody['ranges'], cause: FactsLostBody['cause'], lock?: Lock): Promise<boolean>
  /** The text of a fact as of now. */
  textOf(draft: FactDraft): string
  report(issue: Issue): Issue
  /** Settles the streams nobody uses; true when that left something to send. */
  settleIdle(): Promise<boolean>
  append(draft: FactDraft): Promise<FactRef>
  flush(): Promise<FlushReport>
  start(): void
  stop(): Promise<void>
}

export function createEngine(options: OutboxOptions, kinds: readonly LaneKind[]): Engine {
  const { ports, clock, limits = {} } = options
  const ledger = createLedger(ports.kv)
  const newId = createIds(ports.entropy)
  const lanes: Lane[] = []
  const offs: (() => void)[] = []

  const engine: Engine = {
    options,
    ports,
    ledger,
    lanes,
    owner: (id) => lanes.find(({ stream }) => stream && stream.id === id),
    async streamsOf(lane) {
      const found: HeldStream[] = []
      const heads = await ledger.names('s/')
      for (const id of heads.concat((await ports.log.list()).filter((name) => heads.indexOf(name) < 0))) {
        const log = ports.log.open(id)
        const its = (await laneOf(ledger, id, log)) || 'observe'
        if (!lane || its === lane) found.push({ id, lane: its, log })
      }
      return found
    },
    async settle(id, lock) {
      const idle = await openStream(engine, id, undefined, lock, true)
      if (idle) await idle.close()
      return !!idle
    },
    async stateLost(id, ranges, cause, lock) {
      if (!ranges.length) return true
      const text = lostText(engine, ranges, cause)
      const lane = engine.owner(id)
      const idle = lane ? undefined : await openStream(engine, id, undefined, lock)
      if (idle) await idle.settled()
      const done = Promise.resolve<unknown>(lane ? lane.add(text, id) : idle && idle.put(text)).then(Boolean, () => false)
      if (idle) await idle.close()
      return done
    },
    textOf: (draft) => recordText(draft, clock.read(), ports.time.zone()),
    report: reporter(options.onIssue),
    async settleIdle() {
      let more = false
      for (const { id } of await engine.streamsOf()) if (!engine.owner(id) && (await endStream(engine, id))) more = true
      return more
    },
    append(draft) {
      const stored = append(draft)
      stored.catch((error) => engine.report({ code: codeOf(error) || 'invalid', path: draft && String(draft.kind) }))
      return stored
    },
    async flush() {
      for (const lane of lanes) await lane.settled()
      const { sent, acked, issue } = await pace.pass()
      // what cannot be read cannot be counted; the issue says so
      const { pending, quarantined } = await statsOf(engine).catch(() => ({ pending: 0, quarantined: 0 }))
      return Object.assign({ sent, acked, pending, quarantined }, issue && { issue })
    },
    start() {
      if (pace.start())
        offs.push(
          ports.life.onHide(farewell),
          ports.life.onShow(() => void pace.pass()),
          ports.life.onOnline((online) => online && void pace.pass()),
        )
    },
    async stop() {
      if (!pace.stop()) return
      offs.forEach((off) => off())
      await Promise.all(lanes.map((lane) => lane.release()))
    },
  }

  const pace = createPace({ ports, random: () => jitter(ports.entropy), limits, sendAll })
  const quota = createQuota(engine, limits.observeFacts || 50_000, limits.observeBytes || 20_000_000, evictByPriority)
  const sender = createSender(engine)
  for (const kind of kinds) lanes.push(createLane(engine, kind, newId, quota.makeRoom, stored))

  function stored({ kind }: Lane): void {
    if (kind.name === 'observe') quota.stored()
    pace.wake()
  }

  async function append(draft: FactDraft): Promise<FactRef> {
    if (pace.over()) throw new OmoError('closed', 'stopped')
    const { kind } = draft
    if (kind === lostKind || kind === endedKind) throw new OmoError('wrong-lane', kind)
    const lane = lanes.find((one) => one.kind.takes(kind))
    if (!lane) throw new OmoError('unknown-kind', kind)
    return lane.add(engine.textOf(draft))
  }

  /** Trade, then observe, then the streams nobody uses, which may leave more to send. */
  async function sendAll(tally: Tally): Promise<void> {
    try {
      // lost while this page was put away: others may have sent or dropped of it. Or ended: logout and withdrawal reach every tab
      for (const lane of lanes) {
        const { stream } = lane
        if (stream && ((!stream.fault && !stream.usable()) || (await ledger.read('e/', stream.id)))) await lane.release()
      }
      for (let round = 0; round < 3; round++) {
        // a key that may not send trade may well send observe
        for (const lane of lanes) if (!(await sendLane(lane, tally)) && !(lane.kind.chain && tally.issue && tally.issue.have === 403)) return
        if (!(await engine.settleIdle())) return
      }
      // a statement was made in the last round: it is still to be sent
      tally.issue = { code: 'unavailable' }
    } catch (error) {
      engine.report((tally.issue = { code: codeOf(error) || 'unavailable' }))
    }
  }

  /** Under the lead of the lane. A leader that stays silent for half a minute is frozen: its lead is taken. */
  async function sendLane(lane: Lane, tally: Tally): Promise<boolean> {
    const since = ports.time.mono()
    const lead = async (lost: LockLost): Promise<boolean> => {
      for (const { id } of await engine.streamsOf(lane.kind.name))
        if (!(await sender.drain(id, lane, tally, () => lost() || pace.over() || lane.halted > 0))) {
          // the lead was taken: what only we can do, such as stating losses of our own stream, is still to be done
          tally.issue = tally.issue || { code: 'unavailable' }
          return false
        }
      return true
    }
    for (;;) {
      if (pace.over()) return false
      const done = await ports.locks[ports.time.mono() - since > 30_000 ? 'steal' : 'ifFree']('lead/' + lane.kind.name, lead)
      if (done !== undefined) return done
      await new Promise<void>((next) => void ports.timer.after(250, next))
    }
  }

  /** The page goes away: what is stored and not confirmed, as much as a keepalive request carries. */
  function farewell(): void {
    let room = 60_000
    for (const lane of lanes) {
      const { stream, tail } = lane
      if (stream) stream.rest()
      const fitting: LogRecord[] = []
      if (tail.length) room -= 300
      for (const record of tail) {
        room -= byteLength(record.text) + 30
        if (room > 0) fitting.push(record)
      }
      if (stream && fitting.length && !pace.quiet() && !lane.halted) sender.post(stream.id, lane, stream.head, fitting, true).catch(() => undefined)
    }
  }

  return engine
}
