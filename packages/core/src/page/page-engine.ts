import type { FactDraft, FactRef } from '../facts'
import { isKindName } from '../fact-lanes'
import { codeOf, OmoError } from '../issues'
import type { Issue } from '../issues'
import type { FlushReport, SlimOutbox } from '../outbox/outbox'
import { createPace } from '../outbox/pace'
import { byteLength, lostKind, recordText } from '../outbox/record'
import { reporter } from '../outbox/reporter'
import type { Lock } from '../outbox/stream'
import type { LogRecord } from '../ports'
import type { PageOutboxOptions } from './create-page-outbox'
import { createPageSender } from './page-sender'
import type { PageSenderParts } from './page-sender'
import { openPageStream } from './page-stream'
import type { PageStream } from './page-stream'

/** The outbox of a page and, beside what is public, what an outbox that ends streams stands on. */
export interface PageEngine extends SlimOutbox {
  /** There is something to send. */
  readonly wake: () => void
  /** The stream that takes this page's facts. */
  readonly stream: () => PageStream | undefined
  /** Gives it up: the next fact begins another. `purge` rejects what waits to be tried again. */
  release(purge: boolean): unknown
}

/** What an outbox that knows more than events does. */
export interface PageMore {
  /** Stores a fact that is no event; false for all others. */
  put(draft: FactDraft): Promise<FactRef> | false
  /** Is done first in each pass: what it rejects with ends the pass. */
  pass(): Promise<unknown>
}

export function createPageEngine(options: PageOutboxOptions, more?: PageMore): PageEngine {
  const { ports, clock, limits = {} } = options
  const { records, seize, time } = ports
  const { block = 128, observeFacts = 50_000 } = limits
  let unwatch: (() => void) | undefined
  let live: PageStream | undefined
  /** The newest five hundred records of the live stream: what the last words are of. */
  let tail: LogRecord[] = []
  let unchecked = 0
  let shedding: Promise<unknown> | undefined
  let adding: Promise<unknown> = Promise.resolve()
  /** Counts purges: what was refused by a store before one is not tried again after it. */
  let era = 0
  /** How often this page looked again for what another had. */
  let looks = 0

  const report = reporter(options.onIssue)
  const failed = (error: unknown): Issue => report({ code: codeOf(error) || 'unavailable' })
  const textOf = (draft: FactDraft): string => recordText(draft, clock.read(), time.zone())
  const stateLost: PageSenderParts['stateLost'] = async (stream, ranges, cause) => {
    await stream.ready()
    return stream.put(textOf({ kind: lostKind, body: { ranges, cause } }))
  }

  /** The next fact begins another stream. */
  const giveUp = (): unknown => {
    const old = live
    live = undefined
    tail = []
    return old && old.close()
  }

  /**
   * Takes over a stream nobody uses and first of all states what its page left uncertain. Undefined when nothing is left of
   * it, or when it is purged or was forked.
   */
  const adopt = async (id: string, lock: Lock): Promise<PageStream | undefined> => {
    const { acked = 0, tried = 0 } = ((await records.get('a/' + id)) || {}) as Partial<PageStream>
    const marked = await records.get('e/' + id)
    const { last, reserved, exact, told } = await records.open(id, acked)
    // frozen meanwhile: it is another's by now
    if ((marked && marked !== 'end') || lock.lost()) return undefined
    const held = Math.max(last, tried)
    const head = exact && exact >= held ? exact : Math.max(reserved, held)
    const stream = openPageStream(records, block, id, Promise.resolve(lock), { head, acked, tried, told })
    if (head > held) await stateLost(stream, [[held + 1, head]], 'abandoned')
    else if (!last && acked >= held) {
      await records.forget(id)
      return undefined
    }
    return stream
  }

  /** Does this with every stream that is ours or nobody's, while it answers true. */
  const each = async (work: (stream: PageStream) => Promise<boolean>): Promise<boolean> => {
    for (const id of await records.streams()) {
      const own = live && live.id === id
      const lock = own ? undefined : await seize('stream/' + id)
      // a page on its way out has it a moment longer
      if (!own && !lock && looks < 5) ports.timer.after(1000 << looks++, pace.wake)
      try {
        const stream = own ? live : lock && (await adopt(id, lock))
        if (!stream) continue
        const done = await work(stream)
        if (lock) {
          await stream.rest()
          if (done) await adopt(id, lock)
        }
        if (!done) return false
      } finally {
        if (lock) await lock.release()
      }
    }
    return true
  }

  /** The oldest facts leave, whatever their priority: what is too much, or where the store itself is full a tenth. */
  const shed = async (full?: boolean): Promise<void> => {
    const [count] = await records.count()
    const much = full ? observeFacts / 10 : count - observeFacts
    if (much <= 0) return
    let left = 0
    await each(async (stream) => {
      // what may be with the hub must not be stated lost; the newest stays to show the hub the gap, should we die now
      const facts = await records.read(stream.id, 0, 1e9, 1e9)
      const free = facts.slice(0, -1).filter(({ seq }) => seq > stream.tried && seq > stream.told)
      const gone = free.slice(0, Math.ceil(much - left))
      const [first] = gone
      if (!first || !stream.usable()) return true
      const { seq } = gone[gone.length - 1] as LogRecord
      left += gone.length
      if (stream === live) tail = tail.filter((record) => record.seq > seq)
      await records.drop(stream.id, first.seq, seq)
      await stateLost(stream, [[first.seq, seq]], 'evicted')
      return true
    })
    report({ code: 'quota', have: left })
  }
  const makeRoom = (full?: boolean): Promise<unknown> =>
    (shedding =
      shedding ||
      shed(full)
        .catch(failed)
        .then(() => {
          shedding = undefined
          // a pass may have found a stream in use
          pace.wake()
        }))

  const add = async (text: string, tries = 0, of = era): Promise<FactRef> => {
    if (live && !live.usable()) void giveUp()
    if (!live) {
      const id = records.begin()
      // asked for before the first record is journalled, so that no other page can have it first
      live = openPageStream(records, block, id, seize('stream/' + id))
    }
    const stream = live
    try {
      const record = await stream.put(text)
      if (stream === live && tail.push(record) > 500) tail.shift()
      pace.wake()
      if (++unchecked > observeFacts / 20) {
        unchecked = 0
        void makeRoom()
      }
      return { stream: stream.id, seq: record.seq }
    } catch (error) {
      if (tries > 2) throw error
      if (codeOf(error) === 'quota') await makeRoom(true)
      if (of !== era) throw error
      return add(text, tries + 1, of)
    }
  }

  const append = async (draft: FactDraft): Promise<FactRef> => {
    const { kind } = draft
    if (pace.over()) throw new OmoError('closed', 'stopped')
    if (kind === lostKind || !isKindName(kind)) throw new OmoError('unknown-kind', kind)
    return (more && more.put(draft)) || add(textOf(draft))
  }

  const pace = createPace({
    ports,
    random: ports.random,
    limits,
    async sendAll(tally) {
      try {
        // another context ended it, or it was lost while this page was frozen
        if (live && (!(await live.owned()) || (await records.get('e/' + live.id)))) await giveUp()
        if (more) await more.pass()
        if (!(await each((stream) => sender.drain(stream, tally)))) tally.issue = tally.issue || { code: 'unavailable' }
      } catch (error) {
        tally.issue = failed(error)
      }
    },
  })
  const sender = createPageSender(options, { report, over: pace.over, stateLost })

  /** The page goes away: what is stored and not confirmed, as much as a keepalive request carries. */
  const farewell = (): void => {
    const stream = live
    if (!stream) return
    let room = 59_700
    const fitting = pace.quiet() ? [] : tail.filter(({ seq, text }) => seq > stream.acked && (room -= byteLength(text) + 30) > 0)
    const last = fitting[fitting.length - 1]
    if (last) {
      stream.told = last.seq
      sender.post(stream, fitting, true).catch(() => undefined)
    }
    void stream.rest()
  }

  return {
    wake: pace.wake,
    stream: () => live,
    release(purge) {
      if (purge) era++
      return giveUp()
    },
    append(draft) {
      const stored = append(draft)
      const heard = stored.catch((error) => report({ code: codeOf(error) || 'invalid', path: draft && String(draft.kind) }))
      adding = Promise.all([adding, heard])
      return stored
    },
    async flush() {
      await adding
      const { sent, acked, issue } = await pace.pass()
      // what cannot be read cannot be counted; the issue says so
      const [pending, quarantined] = await records.count().catch(() => [0, 0] as const)
      return { sent, acked, pending, quarantined, issue } as FlushReport
    },
    start() {
      if (pace.start()) unwatch = ports.watch(farewell, pace.pass)
    },
    async stop() {
      if (!pace.stop()) return
      if (unwatch) unwatch()
      await adding
      await giveUp()
    },
  }
}
