import type { FactsLostBody, Lane } from '../facts'
import type { LockLost, Locks, Log, LogRecord, Ports } from '../ports'
import type { Engine } from './engine'
import type { LaneKind } from './lane-kind'
import type { Ledger } from './ledger'
import { lostKind } from './record'

/** A stream this context owns: the one place where numbers are given out. */
export interface Stream {
  readonly id: string
  /** Highest number given out. */
  readonly head: number
  /** Why an append failed: then the stream is given up. */
  readonly fault: unknown
  /** A record is not stored yet that the next one is to be linked to. */
  readonly busy: boolean
  /** Still ours, and no append has failed. */
  usable(): boolean
  /**
   * Numbers, links and journals a record before it returns; what it answers is the record, once stored. Undefined when no
   * stored number is left, and while busy.
   */
  put(text: string): Promise<LogRecord> | undefined
  /** Resolves once numbers are there again. */
  reserve(): Promise<void>
  /** The page may be about to end: notes that no number above the head was given out. */
  rest(): void
  /** No append is under way any more. */
  settled(): Promise<unknown>
  /** Gives the stream up: in order when all went well, else its next owner states what may be missing. */
  close(): Promise<unknown>
}

/**
 * Takes over stream `id`, or begins it when `begin` names its lane. Undefined when somebody else owns it, or when its
 * chain cannot be continued.
 *
 * A number is used only after a head at or above it was stored, or noted in the journal, and a new owner starts above that
 * head, above what the log holds and above what may be with the hub: so none is used twice, whatever was cut off where.
 * What lies between is stated lost first of all.
 *
 * @param uncertain takes it over only if there is something to state; forgets it where there is nothing left of it
 */
export async function openStream(engine: Engine, id: string, begin?: Lane, seized?: Lock, uncertain?: boolean): Promise<Stream | undefined> {
  const { ports, ledger, lanes } = engine
  const lock = seized || (await seize(ports.locks, 'stream/' + id))
  if (!lock) return undefined
  let stream: Stream | undefined
  try {
    const log = ports.log.open(id)
    const old = await ledger.read('s/', id)
    const { last, count, reserved: noted = 0, exact } = await log.stats()
    const { acked, tried } = await ledger.sent(id)
    const lane = begin || (old ? old.lane : (noted || (await laneOf(ledger, id, log)) === 'observe') && 'observe')
    const found = lanes.find((one) => one.kind.name === lane)
    const kind = found && found.kind
    const held = Math.max(last, tried)
    // a page that went in order noted where it was; one that did not, what it may have used
    const head = Math.max(exact && noted >= held ? noted : Math.max(old ? old.reserved : 0, noted), held)
    // a journal that vanished leaves nothing to link to: nothing goes on there, but what it held is stated
    if (kind && ((uncertain && head > held) || !(kind.chain && held > last))) {
      if (!uncertain || head > held) {
        const made = makeStream(engine, id, kind, lock, head, kind.chain && (await kind.chain(log, last)))
        await made.reserve()
        if (made.usable()) stream = made
        if (stream && head > held) (stream.put(lostText(engine, [[held + 1, head]], 'abandoned')) as Promise<unknown>).catch(nothing)
      } else if (log.forget && !count && acked >= held && !kind.chain && !(await ledger.read('e/', id))) {
        await forgetStream(ports, id, log)
      }
    }
    return stream
  } finally {
    if (!stream && !seized) await lock.release()
  }
}

/**
 * The lane of a stream, by its head, or by its first record: a page may lose note and head of a stream whose records came through.
 * Undefined without either.
 */
export async function laneOf(ledger: Ledger, id: string, log: Log): Promise<Lane | undefined> {
  const head = await ledger.read('s/', id)
  if (head) return head.lane
  const [first] = await log.read(0, 1, 1)
  return first && (first.text.startsWith('{"prev"') ? 'trade' : 'observe')
}

/** Takes away what is left of a stream that is over. The mark goes last: while it stands, the work is taken up again. */
export async function forgetStream({ kv }: Pick<Ports, 'kv'>, id: string, log: Log): Promise<void> {
  if (log.forget) await log.forget()
  for (const kind of ['s/', 'a/', 'e/']) await kv.del(kind + id)
}

/**
 * A new stream, at once: where the log can journal in the calling task, a record must not wait for locks and databases.
 * The lock is asked for before the first record is journalled; should another page have taken the stream over already, it
 * is given up. Undefined where the log cannot.
 */
export function beginStream(engine: Engine, kind: LaneKind): Stream | undefined {
  const { log, locks } = engine.ports
  if (!log.begin || kind.chain) return undefined
  const id = log.begin()
  const stream = makeStream(engine, id, kind, seize(locks, 'stream/' + id), 0)
  stream.reserve().catch(nothing)
  return stream
}

function makeStream(
  { ports, ledger, options: { limits = {} } }: Engine,
  id: string,
  kind: LaneKind,
  locking: Lock | Promise<Lock | undefined>,
  head: number,
  link?: (seq: number, text: string) => string,
): Stream {
  const log = ports.log.open(id)
  const block = Math.min(limits.block || 1024, kind.block)
  let lock = 'lost' in locking ? locking : undefined
  let fault: unknown
  let reserving: Promise<void> | undefined
  let appending: Promise<unknown> = Promise.resolve()
  let busy = false
  /** Numbers a stored head covers, and those a note in the journal does. */
  let reserved = head
  let noted = head
  const locked = (async () => {
    try {
      lock = await locking
      fault = fault || !lock
    } catch (error) {
      fault = error
    }
  })()
  const usable = (): boolean => !fault && !(lock && lock.lost())
  const setHead = (upTo: number): Promise<void> => ledger.write('s/', id, { lane: kind.name, reserved: upTo })
  const raise = async (): Promise<void> => {
    try {
      await locked
      if (!usable()) return
      const upTo = head + 2 * block
      await setHead(upTo)
      reserved = upTo
    } finally {
      reserving = undefined
    }
  }
  const reserve = (): Promise<void> => (reserving = reserving || raise())
  const rest = (): void => {
    if (log.reserve && noted > head && usable()) log.reserve((noted = head), true)
  }
  return {
    id,
    get head() {
      return head
    },
    get fault() {
      return fault
    },
    get busy() {
      return busy
    },
    usable,
    put(text) {
      if (!usable() || busy || (head >= reserved && (link || !log.reserve))) return undefined
      const seq = ++head
      if (link) text = link(seq, text)
      else if (log.reserve && seq > noted) log.reserve((noted = seq + block - 1))
      busy = !!link
      const stored = log.append(seq, [text]).then(
        () => {
          busy = false
          return { seq, text }
        },
        (error) => {
          throw (fault = error || true)
        },
      )
      appending = Promise.all([appending, stored.catch(nothing)])
      // ahead of need, so that a burst inside one task finds its numbers stored
      if (reserved - head < block) reserve().catch(nothing)
      return stored
    },
    reserve,
    rest,
    settled: () => appending,
    async close() {
      await appending
      await locked
      if (reserving) await reserving.catch(nothing)
      rest()
      if (usable()) await setHead(head).catch(nothing)
      fault = fault || true
      return lock && lock.release()
    },
  }
}

/** The text of the statement that numbers will never come. */
export const lostText = ({ textOf }: Engine, ranges: FactsLostBody['ranges'], cause: FactsLostBody['cause']): string =>
  textOf({ kind: lostKind, body: { ranges, cause } })

export const nothing = (): void => undefined

export interface Lock {
  readonly lost: LockLost
  /** Resolves when others can have it. */
  readonly release: () => Promise<unknown>
}

/** The lock of that name for as long as it is wanted, if it is free. */
export function seize(locks: Locks, name: string): Promise<Lock | undefined> {
  return new Promise((resolve, reject) => {
    const ended: Promise<unknown> = locks.ifFree(
      name,
      (lost) =>
        new Promise<void>((free) =>
          resolve({
            lost,
            release: () => {
              free()
              return ended
            },
          }),
        ),
    )
    ended.then(() => resolve(undefined), reject)
  })
}
