import type { FactsLostBody, Lane } from '../facts'
import { hash } from '../hash'
import type { LockLost, Locks, Log, LogRecord, Ports } from '../ports'
import type { Ledger } from './ledger'
import { linkedText, wireText } from './record'

/** A stream this context owns: the one place where numbers are given out. */
export interface Stream {
  readonly id: string
  readonly lane: Lane
  /** Highest number given out. */
  readonly head: number
  /** Still ours, and no append has failed. */
  usable(): boolean
  /** Why an append failed. */
  readonly fault: unknown
  /** In trade, while an append is under way: should that one fail, the links of those behind it would hang in the air. */
  readonly busy: boolean
  /**
   * Numbers, links and journals records before it returns: the first few of `texts`, as far as stored numbers reach.
   * Undefined when that is none, and while the stream is busy.
   */
  put(texts: readonly string[]): Put | undefined
  /** Resolves once numbers are there again. */
  reserve(): Promise<void>
  /** No append is under way any more. */
  settled(): Promise<void>
  /** Gives the stream up: in order when all went well, else its next owner states what may be missing. */
  close(): Promise<void>
}

export interface Put {
  /** As they stand in the log. */
  readonly records: readonly LogRecord[]
  readonly stored: Promise<void>
}

export interface StreamContext {
  readonly ports: Ports
  readonly ledger: Ledger
  /** Numbers kept ready. */
  readonly block: number
  /** The text of the statement that numbers will never come. */
  readonly lostText: (body: FactsLostBody) => string
}

/**
 * Takes over stream `id`, or begins it when `begin` names its lane. Undefined when somebody else owns it, or when its
 * chain cannot be continued.
 *
 * A number is used only after a head at or above it was stored, and a new owner starts above that head, above what the
 * log holds and above what may be with the hub: so none is used twice, whatever was cut off where. What lies between is
 * stated lost first of all.
 */
export async function openStream(context: StreamContext, id: string, begin?: Lane, seized?: Lock): Promise<Stream | undefined> {
  const { ports, ledger } = context
  const lock = seized || (await seize(ports.locks, 'stream/' + id))
  if (!lock) return undefined
  try {
    const old = await ledger.head(id)
    const lane = begin || (old && old.lane)
    const log = ports.log.open(id)
    const { last } = await log.stats()
    const held = Math.max(last, (await ledger.sent(id)).tried)
    const trade = lane === 'trade'
    // a journal that vanished leaves nothing to link to
    if (lane && !(trade && held > last)) {
      const reserved = Math.max(old ? old.reserved : 0, held)
      const stream = ownStream(context, lock, id, lane, reserved, trade ? await lastLink(log, last) : undefined)
      await stream.reserve()
      if (stream.usable()) {
        if (reserved > held) stream.put([context.lostText({ ranges: [[held + 1, reserved]], cause: 'abandoned' })])
        return stream
      }
    }
  } catch (error) {
    await lock.release()
    throw error
  }
  await lock.release()
  return undefined
}

function ownStream({ ports, ledger, block }: StreamContext, lock: Lock, id: string, lane: Lane, given: number, prev: string | undefined): Stream {
  const log = ports.log.open(id)
  let head = given
  let reserved = given
  let link = prev
  let broken = false
  let fault: unknown
  let reserving: Promise<void> | undefined
  let flying = 0
  let waiting: (() => void)[] = []
  const usable = (): boolean => !broken && !lock.lost()

  const landed = (): void => {
    if (--flying) return
    waiting.forEach((done) => done())
    waiting = []
  }
  const settled = (): Promise<void> => new Promise((done) => (flying ? waiting.push(done) : done()))

  const reserve = (): Promise<void> => {
    if (reserving || !usable()) return reserving || Promise.resolve()
    const upTo = head + 2 * block
    return (reserving = ledger.setHead(id, { lane, reserved: upTo }).then(
      () => {
        reserved = upTo
        reserving = undefined
      },
      (error) => {
        reserving = undefined
        throw error
      },
    ))
  }

  const trade = lane === 'trade'

  return {
    id,
    lane,
    get head() {
      return head
    },
    get fault() {
      return fault
    },
    get busy() {
      return trade && usable() && flying > 0
    },
    usable,
    reserve,
    put(texts) {
      if (!usable() || head >= reserved || (trade && flying)) return undefined
      const first = head + 1
      const records = texts.slice(0, reserved - head).map((text) => {
        const seq = ++head
        if (!trade) return { seq, text }
        const linked = linkedText(text, link as string)
        link = hash('fact', wireText(seq, linked))
        return { seq, text: linked }
      })
      const stored = log.append(
        first,
        records.map(({ text }) => text),
      )
      flying++
      stored.then(landed, (error) => {
        broken = true
        fault = error
        landed()
      })
      // ahead of need, so that a burst inside one task finds its numbers stored
      if (reserved - head < block) reserve().catch(() => undefined)
      return { records, stored }
    },
    settled,
    async close() {
      await settled()
      await (reserving || Promise.resolve()).catch(() => undefined)
      if (usable()) await ledger.setHead(id, { lane, reserved: head }).catch(() => undefined)
      broken = true
      await lock.release()
    },
  }
}

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

/** Hash of the newest record, which the next one carries; "" before the first. */
async function lastLink(log: Log, last: number): Promise<string> {
  const [record] = last ? await log.read(last, 1, 1) : []
  return record ? hash('fact', wireText(record.seq, record.text)) : ''
}
