import type { FactRef } from '../facts'
import { codeOf, OmoError } from '../issues'
import type { LogRecord } from '../ports'
import type { Engine } from './engine'
import type { LaneKind } from './lane-kind'
import { beginStream, nothing, openStream } from './stream'
import type { Stream } from './stream'

/** The way in of one lane: drafts become records of a stream this context owns, in the order they came. */
export interface Lane {
  readonly kind: LaneKind
  readonly stream: Stream | undefined
  /** Stored, not yet confirmed records of our own stream, the first five hundred of them: for the last words. */
  readonly tail: readonly LogRecord[]
  /** Above zero nothing of this lane is sent. */
  halted: number
  /**
   * Journals the text before it returns when the stream is open; else keeps it in memory until it is. What is about one
   * stream's numbers goes into that stream (`only`) or is rejected.
   */
  add(text: string, only?: string): Promise<FactRef>
  /** All that was added before is stored or rejected. */
  settled(): Promise<unknown>
  /** Gives the stream up, runs `between`, and goes on with another. With `discard` what waits in memory is rejected. */
  release(between?: () => Promise<void>, discard?: boolean): Promise<unknown>
  /** These are no last words any more. */
  forget(stream: string, which: (seq: number) => boolean): void
}

interface Draft {
  readonly text: string
  readonly only?: string | undefined
  /** Not a fact but the end of the stream: what came before goes into the old one, what comes after into the next. */
  readonly between?: () => Promise<void>
  readonly resolve: (ref: FactRef) => void
  readonly reject: (error: unknown) => void
  tries: number
}

/**
 * @param makeRoom the storage is full: makes some of it free
 * @param noteStored hears that a record of this lane was stored
 */
export function createLane(
  engine: Engine,
  kind: LaneKind,
  newId: () => Promise<string>,
  makeRoom: () => Promise<void>,
  noteStored: (lane: Lane) => void,
): Lane {
  const { ledger } = engine
  let stream: Stream | undefined
  let waiting: Draft[] = []
  const failed: Draft[] = []
  let working = false
  let adding: Promise<unknown> = Promise.resolve()
  let fault: unknown
  let tail: LogRecord[] = []

  const push = (text: string, only?: string, between?: () => Promise<void>): Promise<FactRef> => {
    const pushed = new Promise<FactRef>((resolve, reject) => {
      waiting.push({ text, only, between, resolve, reject, tries: 0 } as Draft)
      pour()
    })
    adding = Promise.all([adding, pushed.catch(nothing)])
    return pushed
  }

  const again = (draft: Draft, error: unknown): void => {
    if (draft.between || ++draft.tries < 4) failed.push(draft)
    else draft.reject(error)
  }

  function pour(): void {
    while (!working && (failed.length || waiting.length)) {
      const [draft] = waiting as [Draft]
      if (!failed.length && draft.between) return work(end)
      const owner = (stream = stream || (failed.length ? undefined : beginStream(engine, kind)))
      if (failed.length || !owner || !owner.usable()) return work(refill)
      if (owner.busy) return void owner.settled().then(pour)
      const stray = draft.only && draft.only !== owner.id
      const put = stray ? undefined : owner.put(draft.text)
      if (!put && !stray) return work(refill)
      waiting.shift()
      if (put)
        put
          .then(
            (record) => {
              if (tail.length < 500) tail.push(record)
              draft.resolve({ stream: owner.id, seq: record.seq })
              noteStored(lane)
            },
            (error) => again(draft, error),
          )
          .then(pour)
      else draft.reject(new OmoError('closed', 'given up'))
    }
  }

  /** Nothing is poured meanwhile. */
  function work(job: () => Promise<unknown>): void {
    working = true
    job()
      .catch((error) => {
        fault = error
        waiting.splice(0).forEach((draft) => again(draft, error))
      })
      .then(() => {
        working = false
        pour()
      })
  }

  /** Makes the stream able to take the next draft. A failed append is treated as a crash: what is uncertain is stated by the next owner, us. */
  async function refill(): Promise<void> {
    if (stream && !stream.usable()) {
      const { id } = stream
      fault = await close()
      if (codeOf(fault) === 'stream-fork') await ledger.write('e/', id, 'fork')
    }
    waiting = failed.splice(0).concat(waiting)
    if (codeOf(fault) === 'quota') await makeRoom()
    fault = undefined
    if (stream) await stream.reserve()
    else if (waiting.length && !(waiting[0] as Draft).between) stream = await open()
  }

  /** Gives the stream up at the draft that asks for it. */
  async function end(): Promise<void> {
    if (stream) await stream.settled()
    if (failed.length) return
    const { between, resolve, reject } = waiting.shift() as Required<Draft>
    await close()
      .then(between)
      .then(resolve as () => void, reject)
  }

  async function close(): Promise<unknown> {
    const old = stream
    if (old) await old.close()
    stream = undefined
    tail = []
    return old && old.fault
  }

  /** An idle stream of the lane, else a new one. */
  async function open(): Promise<Stream> {
    for (const id of await ledger.names('s/')) {
      const head = await ledger.read('s/', id)
      const idle = head && head.lane === kind.name && !(await ledger.read('e/', id)) ? await openStream(engine, id) : undefined
      if (idle) return idle
    }
    const fresh = await openStream(engine, await newId(), kind.name)
    if (!fresh) throw new OmoError('unavailable', 'no stream')
    return fresh
  }

  const lane: Lane = {
    kind,
    halted: 0,
    get stream() {
      return stream
    },
    get tail() {
      return tail
    },
    add: push,
    settled: () => adding,
    release(between = async () => undefined, discard) {
      if (discard) {
        const gone = failed.splice(0).concat(waiting)
        waiting = gone.filter((draft) => draft.between)
        gone.forEach((draft) => draft.between || draft.reject(new OmoError('closed', 'purged')))
      }
      return push('', undefined, between)
    },
    forget(id, which) {
      if (stream && stream.id === id) tail = tail.filter(({ seq }) => !which(seq))
    },
  }
  return lane
}
