import type { FactsLostBody, Lane } from '../facts'
import type { LockLost, Locks, LogRecord, Ports } from '../ports'
import type { LaneKind } from './lane-kind'
import type { Ledger } from './ledger'

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
  /** No append is under way any more. */
  settled(): Promise<unknown>
  /** Gives the stream up: in order when all went well, else its next owner states what may be missing. */
  close(): Promise<unknown>
}

export interface StreamContext {
  readonly ports: Ports
  readonly ledger: Ledger
  /** Numbers kept ready. */
  readonly block: number
  readonly kinds: readonly LaneKind[]
  /** The text of the statement that numbers will never come. */
  readonly lostText: (ranges: FactsLostBody['ranges'], cause: FactsLostBody['cause']) => string
}

/**
 * Takes over stream `id`, or begins it when `begin` names its lane. Undefined when somebody else owns it, or when its
 * chain cannot be continued.
 *
 * A number is used only after a head at or above it was stored, and a new owner starts above that head, above what the
 * log holds and above what may be with the hub: so none is used twice, whatever was cut off where. What lies between is
 * stated lost first of all.
 *
 * @param uncertain takes it over only if there is something to state
 */
export async function openStream(context: StreamContext, id: string, begin?: Lane, seized?: Lock, uncertain?: boolean): Promise<Stream | undefined> {
  const { ports, ledger } = context
  const lock = seized || (await seize(ports.locks, 'stream/' + id))
  if (!lock) return undefined
  let reserving: Promise<void> | undefined
  let appending: Promise<unknown> = Promise.resolve()
  let busy = false
  let fault: unknown
  try {
    const log = ports.log.open(id)
    const old = await ledger.read('s/', id)
    const lane = begin || (old && old.lane)
    const kind = context.kinds.find(({ name }) => name === lane)
    const { last } = await log.stats()
    const held = Math.max(last, (await ledger.sent(id)).tried)
    let head = Math.max(old ? old.reserved : 0, held)
    // a journal that vanished leaves nothing to link to
    if (kind && !(kind.chain && held > last) && !(uncertain && head === held)) {
      const block = Math.min(context.block, kind.block)
      const link = kind.chain && (await kind.chain(log, last))
      let reserved = head
      const usable = (): boolean => !fault && !lock.lost()
      const setHead = (upTo: number): Promise<void> => ledger.write('s/', id, { lane: kind.name, reserved: upTo })
      const reserve = (): Promise<void> => {
        if (reserving || !usable()) return reserving || Promise.resolve()
        const upTo = head + 2 * block
        const done = (): unknown => (reserving = undefined)
        reserving = setHead(upTo).then(() => void (reserved = upTo))
        reserving.then(done, done)
        return reserving
      }
      const put = (text: string): Promise<LogRecord> | undefined => {
        if (!usable() || head >= reserved || busy) return undefined
        const seq = ++head
        if (link) text = link(seq, text)
        busy = !!link
        const stored = log.append(seq, [text]).then(
          () => {
            busy = false
            return { seq, text }
          },
          (error) => {
            busy = false
            throw (fault = error || true)
          },
        )
        appending = Promise.all([appending, stored.catch(nothing)])
        // ahead of need, so that a burst inside one task finds its numbers stored
        if (reserved - head < block) reserve().catch(nothing)
        return stored
      }
      const settled = (): Promise<unknown> => appending
      await reserve()
      if (usable()) {
        if (head > held) (put(context.lostText([[held + 1, head]], 'abandoned')) as Promise<unknown>).catch(nothing)
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
          put,
          reserve,
          settled,
          async close() {
            await appending
            await (reserving || Promise.resolve()).catch(nothing)
            if (usable()) await setHead(head).catch(nothing)
            fault = fault || true
            return lock.release()
          },
        }
      }
    }
  } catch (error) {
    await lock.release()
    throw error
  }
  await lock.release()
  return undefined
}

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
