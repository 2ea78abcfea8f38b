import type { Lock } from '../outbox/stream'
import { OmoError } from '../issues'
import type { LogRecord } from '../ports'
import type { PageRecords } from './page-ports'

/** A stream this page owns: the one place where its numbers are given out. */
export interface PageStream {
  readonly id: string
  /** Highest number given out. */
  head: number
  /** Highest number the hub settled. */
  acked: number
  /** Highest number that may have reached the hub. */
  tried: number
  /** Highest number that last words had. */
  told: number
  /** Still ours as far as is known, and no append has failed. */
  usable(): boolean
  /** Once it is known: whether it is ours. */
  owned(): Promise<boolean>
  /** Resolves once the next number can be given out whatever happens then. */
  ready(): Promise<unknown>
  /** Numbers and journals a record before it returns; what it answers is the record, once stored. */
  put(text: string): Promise<LogRecord>
  /** The page may be about to end: notes that no number above the head was given out. */
  rest(): Promise<unknown> | false
  /** Gives it up: in order when all went well, else its next owner states what may be missing. */
  close(): Promise<unknown>
}

/**
 * @param block numbers kept ready ahead of use, up to twice as many
 * @param known how far it is, of a stream that another page had
 */
export function openPageStream(
  records: PageRecords,
  block: number,
  id: string,
  locking: Promise<Lock | undefined>,
  known?: Pick<PageStream, 'acked' | 'head' | 'told' | 'tried'>,
): PageStream {
  let lock: Lock | undefined
  let fault = false
  let appending: Promise<unknown> = Promise.resolve()
  const fail = (): boolean => (fault = true)
  const locked = locking.then((found) => (lock = found) || fail(), fail)
  const usable = (): boolean => !fault && !(lock && lock.lost())
  const note = (upTo: number, exact?: boolean): Promise<unknown> => records.note(id, (noted = upTo), stream.told, exact).catch(fail)

  const own: PageStream = {
    id,
    head: 0,
    acked: 0,
    tried: 0,
    told: 0,
    usable,
    owned: () => locked.then(usable),
    ready: async () => noted > stream.head || note(stream.head + block),
    async put(text) {
      if (!usable()) throw new OmoError('closed', id)
      // ahead of need, so that a number is used only after one above it was noted and stored
      if (noted <= stream.head + block) void note(stream.head + 2 * block)
      const seq = ++stream.head
      const stored = records.append(id, seq, text)
      appending = Promise.all([appending, stored.catch(fail)])
      await stored
      return { seq, text }
    },
    rest: () => noted > stream.head && usable() && note(stream.head, true),
    async close() {
      await appending
      await locked
      await stream.rest()
      fail()
      return lock && lock.release()
    },
  }
  const stream = Object.assign(own, known)
  let noted = stream.head
  return stream
}
