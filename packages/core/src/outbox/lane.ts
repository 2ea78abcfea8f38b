import type { FactRef, Lane } from '../facts'
import { codeOf, OmoError } from '../issues'
import type { LogRecord } from '../ports'
import { openStream } from './stream'
import type { Stream, StreamContext } from './stream'

/** The way in of one lane: drafts become records of a stream this context owns, in the order they came. */
export interface LaneQueue {
  readonly stream: Stream | undefined
  /** Stored, not yet confirmed records of our own stream, the first 60,000 UTF-16 units of them: for the last words. */
  readonly tail: readonly LogRecord[]
  /**
   * Journals the text before it returns when the stream is open; else keeps it in memory until it is. What is about one
   * stream's numbers goes into that stream (`only`) or is rejected.
   */
  add(text: string, only?: string): Promise<FactRef>
  /** All that was added before is stored or rejected. */
  settled(): Promise<void>
  /** Gives the stream up, runs `between`, and goes on with another. With `discard` what waits in memory is rejected. */
  release(between: () => Promise<void>, discard?: boolean): Promise<void>
  acknowledged(stream: string, through: number): void
}

export interface LaneOptions extends StreamContext {
  readonly lane: Lane
  readonly newId: () => Promise<string>
  /** The storage is full: make some of it free. */
  readonly makeRoom: () => Promise<void>
  /** A record was stored. */
  readonly stored: (lane: Lane) => void
}

interface Draft {
  readonly text: string
  readonly only: string | undefined
  readonly resolve: (ref: FactRef) => void
  readonly reject: (error: unknown) => void
  tries: number
}

export function createLane(options: LaneOptions): LaneQueue {
  const { ledger, lane } = options
  let stream: Stream | undefined
  let waiting: Draft[] = []
  let failed: Draft[] = []
  /** What comes while the stream is given up belongs to the next one. */
  let later: Draft[] | undefined
  let working: Promise<void> | undefined
  let barren = 0
  let fault: unknown
  let tail: LogRecord[] = []
  let tailSize = 0

  function pour(): void {
    while (waiting.length && !working) {
      const owner = stream
      if (owner && owner.busy) return void owner.settled().then(pour)
      const stray = owner && waiting.findIndex(({ only }) => only !== undefined && only !== owner.id)
      if (stray !== undefined && stray >= 0) {
        waiting.splice(stray, 1).forEach((draft) => draft.reject(new OmoError('closed', 'given up')))
        continue
      }
      const put = owner && owner.put(waiting.slice(0, 200).map((draft) => draft.text))
      if (!owner || !put) return work()
      barren = 0
      const drafts = waiting.splice(0, put.records.length)
      put.stored.then(
        () => {
          drafts.forEach((draft, i) => {
            const record = put.records[i] as LogRecord
            if (tailSize < 60_000) {
              tail.push(record)
              tailSize += record.text.length
            }
            draft.resolve({ stream: owner.id, seq: record.seq })
            options.stored(lane)
          })
          pour()
        },
        (error) => {
          drafts.forEach((draft) => {
            if (draft.tries++ < 2) failed.push(draft)
            else draft.reject(error)
          })
          if (!working) work()
        },
      )
    }
  }

  function work(): void {
    working = refill()
      .catch((error) => rejectAll(failed.concat(waiting), error))
      .then(proceed)
  }

  function proceed(): void {
    working = undefined
    if (failed.length) work()
    else pour()
  }

  /** Makes the stream able to take the next draft. A failed append is treated as a crash: what is uncertain is stated by the next owner, us. */
  async function refill(): Promise<void> {
    const old = stream
    if (old && old.usable()) return old.reserve()
    if (old) {
      await old.close()
      fault = old.fault
    }
    stream = undefined
    clearTail()
    waiting = failed.concat(waiting)
    failed = []
    const cause = fault
    const code = codeOf(cause)
    fault = undefined
    if (barren++ > 3) throw cause || noStream()
    if (code === 'quota') await options.makeRoom()
    if (code === 'stream-fork' && old) await ledger.setMark(old.id, 'fork')
    if (waiting.length) {
      try {
        stream = await open()
      } catch (error) {
        fault = error
      }
    }
  }

  /** An idle stream of the lane, else a new one. */
  async function open(): Promise<Stream> {
    for (const id of await ledger.heads()) {
      const head = await ledger.head(id)
      const idle = head && head.lane === lane && !(await ledger.mark(id)) ? await openStream(options, id) : undefined
      if (idle) return idle
    }
    const fresh = await openStream(options, await options.newId(), lane)
    if (!fresh) throw noStream()
    return fresh
  }

  function rejectAll(drafts: readonly Draft[], error: unknown): void {
    waiting = []
    failed = []
    barren = 0
    drafts.forEach((draft) => draft.reject(error))
  }

  function clearTail(): void {
    tail = []
    tailSize = 0
  }

  async function settled(): Promise<void> {
    while (working) await working
    if (stream) await stream.settled()
    if (working || waiting.length) await settled()
  }

  return {
    get stream() {
      return stream
    },
    get tail() {
      return tail
    },
    settled,
    add(text, only) {
      return new Promise((resolve, reject) => {
        ;(later || waiting).push({ text, only, resolve, reject, tries: 0 })
        pour()
      })
    },
    async release(between, discard) {
      if (discard) rejectAll(failed.concat(waiting), new OmoError('closed', 'purged'))
      later = later || []
      await settled()
      // from here nothing is poured until the next stream may be opened
      const job = (async () => {
        if (stream) await stream.close()
        stream = undefined
        clearTail()
        await between()
      })()
      working = job.catch(() => undefined)
      await working
      waiting = waiting.concat(later)
      later = undefined
      proceed()
      return job
    },
    acknowledged(id, through) {
      if (!stream || stream.id !== id) return
      const rest = tail.filter((record) => record.seq > through)
      clearTail()
      rest.forEach((record) => {
        tail.push(record)
        tailSize += record.text.length
      })
    },
  }
}

const noStream = (): OmoError => new OmoError('unavailable', 'no stream')
