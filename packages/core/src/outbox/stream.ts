import type { FactsLostBody, Lane } from '../facts'
import { hash } from '../hash'
import type { LockLost, Locks, Log, Ports } from '../ports'
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
  /** Numbers, links and journals a record before it returns; undefined when no stored number is left or the stream is not usable. */
  put(text: string): Put | undefined
  /** Resolves once numbers are there again. */
  reserve(): Promise<void>
  /** No append is under way any more. */
  settled(): Promise<void>
  /** Gives the stream up: in order when all went well, else its next owner states what may be missing. */
  close(): Promise<void>
}

export interface Put {
  readonly seq: number
  /** The exact text of the record. */
  readonly text: string
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
 * Takes over stream `id`, or begins it when `lane` is given. Undefined when somebody else owns it, or when its chain
 * cannot be continued.
 *
 * A number is used only after a head at or above it was stored, and a new owner starts above that head, above what the
 * log holds and above what the hub confirmed: so none is used twice, whatever was cut off where.
 */
export async function openStream({ ports, ledger, block, lostText }: StreamContext, id: string, begin?: Lane): Promise<Stream | undefined> {
  const lock = await seize(ports.locks, 'stream/' + id)
  if (!lock) return undefined
  try {
    const old = await ledger.head(id)
    const lane = begin || (old && old.lane)
    const log = ports.log.open(id)
    const { last } = await log.stats()
    const held = Math.max(last, await ledger.acked(id))
    const trade = lane === 'trade'
    // a journal that vanished leaves nothing to link to
    if (lane && !(trade && held > last)) {
      const reserved = Math.max(old ? old.reserved : 0, held)
      const prev = trade ? await lastLink(log, last) : undefined
      const stream = ownStream(id, lane, reserved, prev)
      await stream.reserve()
      if (stream.usable()) {
        if (old && !old.clean && reserved > held) stream.put(lostText({ ranges: [[held + 1, reserved]], cause: 'abandoned' }))
        return stream
      }
    }
  } catch (error) {
    lock.release()
    throw error
  }
  lock.release()
  return undefined

  function ownStream(id: string, lane: Lane, given: number, prev: string | undefined): Stream {
    const log = ports.log.open(id)
    const { lost, release } = lock as Lock
    let head = given
    let reserved = given
    let link = prev
    let broken = false
    let reserving: Promise<void> | undefined
    let flying = 0
    let waiting: (() => void)[] = []
    const usable = (): boolean => !broken && !lost()

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

    return {
      id,
      lane,
      get head() {
        return head
      },
      usable,
      reserve,
      put(text) {
        if (!usable() || head >= reserved) return undefined
        const seq = ++head
        if (link !== undefined) {
          text = linkedText(text, link)
          link = hash('fact', wireText(seq, text))
        }
        const stored = log.append(seq, [text])
        flying++
        stored.then(landed, () => {
          broken = true
          landed()
        })
        // ahead of need, so that a burst inside one task finds its numbers stored
        if (reserved - head < block) reserve().catch(() => undefined)
        return { seq, text, stored }
      },
      settled,
      async close() {
        await settled()
        await (reserving || Promise.resolve()).catch(() => undefined)
        if (usable()) await ledger.setHead(id, { lane, reserved: head, clean: 1 }).catch(() => undefined)
        broken = true
        release()
      },
    }
  }
}

interface Lock {
  readonly lost: LockLost
  readonly release: () => void
}

/** The lock of that name for as long as it is wanted, if it is free. */
export function seize(locks: Locks, name: string): Promise<Lock | undefined> {
  return new Promise((resolve, reject) => {
    locks.ifFree(name, (lost) => new Promise<void>((release) => resolve({ lost, release }))).then(() => resolve(undefined), reject)
  })
}

/** Hash of the newest record, which the next one carries; "" before the first. */
async function lastLink(log: Log, last: number): Promise<string> {
  const [record] = last ? await log.read(last, 1, 1) : []
  return record ? hash('fact', wireText(record.seq, record.text)) : ''
}
