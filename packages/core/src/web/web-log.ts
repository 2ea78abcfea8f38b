import { OmoError } from '../issues'
import type { IssueCode } from '../issues'
import type { Log, LogRecord, LogStore, Locks } from '../ports'
import { journalKeys, recordsOf } from './journal'
import type { Journal } from './journal'
import type { RecordRun, RecordStore } from './record-store'
import type { Shelf } from './shelf'
import { storageFault } from './storage-fault'
import { on } from './web-life'

/** What the log of a page stands on. */
export interface WebLogParts {
  readonly shelf: () => Shelf
  readonly journal: () => Journal
  /** Opens the record store: IndexedDB, or the shelf. */
  readonly records: () => Promise<RecordStore>
  readonly locks: Locks
  readonly report: (code: IssueCode, path: string) => void
}

interface Call extends RecordRun {
  /** Keys of the journal; fewer than texts when it was full. */
  readonly keys: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: OmoError) => void
}

/**
 * The log of a page. `append` writes one journal key per record before it returns; in the microtask after, everything
 * appended goes into one transaction, and its completion is the moment *stored*. Journal keys go afterwards, idly.
 * Keys that a dead page left are adopted under the lock of their lane before anything is read or written.
 */
export function webLog({ shelf, journal, records, locks, report }: WebLogParts): LogStore {
  /** The highest number appended here, per stream. */
  const tops = new Map<string, number>()
  const known = new Set<string>()
  let lane = ''
  let calls: Call[] = []
  let store: RecordStore | undefined
  let opening: Promise<RecordStore> | undefined
  /** Settles when every append up to now has. */
  let tail: Promise<unknown> = Promise.resolve()

  const open = (): Promise<RecordStore> =>
    (opening =
      opening ||
      records().then(async (into) => {
        await adopt(into)
        return (store = into)
      })).catch((error) => {
      opening = undefined
      throw error
    })

  /** Takes over the journal keys of pages that are gone; a page that lives holds the lock of its lane. */
  const adopt = async (into: RecordStore): Promise<void> => {
    if (into.inJournal) return
    for (const other of Array.from(new Set(journalKeys(shelf()).map((entry) => entry.lane)))) {
      if (other === lane) continue
      const take = async (): Promise<true> => {
        const keys = journalKeys(shelf()).filter((entry) => entry.lane === other)
        try {
          await into.adopt(recordsOf(shelf(), keys))
          journal().erase(keys.map(({ key }) => key))
        } catch (cause) {
          report(storageFault(cause).code, 'journal') // the keys stay for the next start
        }
        return true
      }
      // a page that lives is waited for: whoever outlives it takes over at once
      if (!(await locks.ifFree('j:' + other, take))) locks.hold('j:' + other, () => (tail = Promise.all([tail, take()]))).catch(() => {})
    }
  }

  /** A lane is this page's own part of the journal, from its first append until it is left or frozen. */
  const laneNow = (): string => {
    if (!lane) {
      lane = Math.random().toString(36).slice(2)
      const off = on(['pagehide', 'freeze'], () => {
        lane = ''
        off()
      })
      locks.hold('j:' + lane, () => new Promise(() => {})).catch(() => {})
    }
    return lane
  }

  const flush = async (): Promise<void> => {
    try {
      // nothing to await once the store is open and the streams are known: the transaction begins in this very microtask
      if (!store) await open()
      for (let call: Call | undefined; (call = calls.find(({ stream }) => !known.has(stream))); ) {
        const { stream } = call
        const top = await (store as RecordStore).top(stream, ([] as string[]).concat(...calls.map(({ keys }) => keys)))
        known.add(stream)
        tops.set(stream, Math.max(topOf(stream), top))
        calls = calls.filter((other) => other.stream !== stream || other.first > top || settle(other, fork(other.first)))
      }
      await write(taken())
    } catch (cause) {
      taken().forEach((call) => settle(call, storageFault(cause)))
    }
  }

  const taken = (): Call[] => {
    const batch = calls
    calls = []
    return batch
  }

  const write = async (batch: readonly Call[]): Promise<void> => {
    if (!batch.length) return
    const into = store as RecordStore
    if (into.inJournal) return batch.forEach((call) => settle(call, call.keys.length < call.texts.length ? new OmoError('quota', 'journal full') : undefined))
    try {
      await into.add(batch)
      batch.forEach((call) => settle(call))
    } catch (cause) {
      const error = storageFault(cause)
      const half = error.code === 'unavailable' ? 0 : batch.length >> 1
      if (!half) return batch.forEach((call) => settle(call, error))
      // one call too many for the quota, or one number used before, must not take the others with it
      await write(batch.slice(0, half))
      await write(batch.slice(half))
    }
  }

  /** Ends a call and its journal keys. */
  const settle = (call: Call, error?: OmoError): void => {
    if (!error) {
      call.resolve()
      if (!(store as RecordStore).inJournal) journal().eraseIdly(call.keys)
      return
    }
    if (error.code !== 'stream-fork' && topOf(call.stream) === call.first + call.texts.length - 1) tops.set(call.stream, call.first - 1) // the number may be tried again
    journal().erase(call.keys)
    call.reject(error)
  }

  const topOf = (stream: string): number => tops.get(stream) || 0

  const append = (stream: string, first: number, texts: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!(first > topOf(stream))) return reject(fork(first))
      if (!texts.length) return resolve()
      tops.set(stream, first + texts.length - 1)
      const keys = journal().write(laneNow(), stream, first, texts)
      if (calls.push({ stream, first, texts, keys, resolve, reject }) === 1) tail = Promise.all([tail, Promise.resolve().then(flush)])
    })

  /** After every append of before, whatever became of it. */
  const after = async <T>(work: (store: RecordStore) => Promise<T>): Promise<T> => {
    try {
      await tail
      return await work(await open())
    } catch (cause) {
      throw storageFault(cause)
    }
  }

  return {
    open: (stream): Log => ({
      append: (first, texts) => append(stream, first, texts),
      read: (from, max, maxBytes) => after((opened) => read(opened, stream, from, max, maxBytes)),
      drop: (upTo, except = []) => after((opened) => opened.drop(stream, upTo, except)),
      stats: () =>
        after(async (opened) => {
          const all = { count: 0, bytes: 0, first: 0, last: 0 }
          for (let page = await opened.page(stream, 1, pageSize); page.length; page = await opened.page(stream, all.last + 1, pageSize)) {
            all.count += page.length
            all.first = all.first || (page[0] as LogRecord).seq
            page.forEach(({ seq, text }) => {
              all.last = seq
              all.bytes += text.length
            })
          }
          return all
        }),
    }),
    list: () => after((opened) => opened.list()),
  }
}

const pageSize = 500

async function read(store: RecordStore, stream: string, from: number, max: number, maxBytes: number): Promise<LogRecord[]> {
  const found: LogRecord[] = []
  let size = 0
  let next = from
  for (;;) {
    const want = Math.min(max - found.length, pageSize)
    const page = want > 0 ? await store.page(stream, next, want) : []
    for (const record of page) {
      size += record.text.length
      if (found.length && size > maxBytes) return found
      found.push(record)
      next = record.seq + 1
    }
    if (page.length < want || want <= 0) return found
  }
}

const fork = (seq: number): OmoError => new OmoError('stream-fork', `number ${seq} was used before`)
