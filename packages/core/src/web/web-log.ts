import { codeOf, OmoError } from '../issues'
import type { Log, LogRecord, LogStore, Locks } from '../ports'
import { createJournal, journalKeys } from './journal'
import { escape, unescape } from './prefix'
import type { Shelf } from './shelf'
import type { Entry, Table } from './table'
import { on } from './web-life'

/** What the log of a page stands on. */
export interface WebLogParts {
  readonly shelf: () => Shelf
  readonly table: Table
  readonly locks: Locks
  /** Records of an earlier page could not be taken over. */
  readonly stranded: (error: unknown) => void
}

/** Records of one stream numbered without a gap. */
interface Run {
  readonly stream: string
  readonly first: number
  readonly texts: readonly string[]
}

interface Call extends Run {
  /** Keys of the journal; fewer than texts when it was full. */
  readonly keys: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The log of a page. `append` writes one journal key per record before it returns; in the microtask after, everything
 * appended goes into one transaction, and its completion is the moment *stored*. Journal keys go afterwards, idly.
 * Keys that a dead page left are adopted under the lock of their lane before anything is read or written.
 *
 * In the table a record lies under `r:stream:number`, and under `m:stream` the highest number ever stored, so that neither
 * a restart nor a late journal key brings a number back.
 */
export function webLog({ shelf, table, locks, stranded }: WebLogParts): LogStore {
  const journal = createJournal(shelf)
  /** The highest number appended here, per stream; and the streams whose mark was looked up. */
  const tops = new Map<string, number>()
  const known = new Set<string>()
  let lane = ''
  let calls: Call[] = []
  let adopting: Promise<unknown> | undefined
  /** Settles when every append up to now has. */
  let tail: Promise<unknown> = Promise.resolve()

  const markOf = async (stream: string): Promise<number> => {
    const [mark] = await table.range(markKey(stream), markKey(stream))
    return mark ? Number(mark[1]) : 0
  }

  const store = (runs: readonly Run[]): Promise<void> => {
    const puts: Entry[] = []
    const marks: Record<string, number> = {}
    runs.forEach(({ stream, first, texts }) => {
      texts.forEach((text, i) => puts.push([recordKey(stream, first + i), text]))
      marks[markKey(stream)] = first + texts.length - 1
    })
    return table.write(puts.concat(Object.keys(marks).map((key) => [key, String(marks[key])])))
  }

  /** Takes over the journal keys of pages that are gone; a page that lives holds the lock of its lane. */
  const adopt = async (): Promise<void> => {
    const others = new Set(journalKeys(shelf()).map((entry) => entry.lane))
    others.delete(lane)
    for (const other of Array.from(others)) {
      const take = async (): Promise<true> => {
        const entries = journalKeys(shelf()).filter((entry) => entry.lane === other)
        const marks: Record<string, number> = {}
        try {
          for (const { stream } of entries) marks[stream] = marks[stream] ?? (await markOf(stream))
          const late = entries.filter(({ stream, seq }) => seq > (marks[stream] as number))
          if (late.length) await store(late.map(({ key, stream, seq }) => ({ stream, first: seq, texts: [shelf().get(key) as string] })))
          entries.forEach(({ key }) => shelf().del(key))
        } catch (error) {
          stranded(error) // the keys stay for the next start
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

  /** Nothing is awaited once the streams are known: the transaction begins in the very task of the append. */
  const flush = async (): Promise<void> => {
    try {
      await (adopting = adopting || adopt())
      for (const { stream } of calls.slice()) {
        if (known.has(stream)) continue
        const mark = await markOf(stream)
        known.add(stream)
        tops.set(stream, Math.max(topOf(stream), mark))
        calls = calls.filter((call) => call.stream !== stream || call.first > mark || end(call, fork(call.first)))
      }
      await write(calls.splice(0))
    } catch (error) {
      calls.splice(0).forEach((call) => end(call, error))
    }
  }

  const write = async (batch: readonly Call[]): Promise<void> => {
    if (batch.length)
      try {
        await store(batch)
        batch.forEach((call) => end(call))
      } catch (error) {
        const half = codeOf(error) === 'quota' ? batch.length >> 1 : 0
        if (!half) return batch.forEach((call) => end(call, error))
        // one call too many must not take the others with it
        await write(batch.slice(0, half))
        await write(batch.slice(half))
      }
  }

  /** Ends a call and its journal keys. */
  const end = ({ stream, first, texts, keys, resolve, reject }: Call, error?: unknown): void => {
    if (!error) {
      journal.eraseIdly(keys)
      return resolve()
    }
    // the number may be tried again
    if (codeOf(error) !== 'stream-fork' && topOf(stream) === first + texts.length - 1) tops.set(stream, first - 1)
    journal.erase(keys)
    reject(error)
  }

  const topOf = (stream: string): number => tops.get(stream) || 0

  const append = (stream: string, first: number, texts: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!(first > topOf(stream))) return reject(fork(first))
      if (!texts.length) return resolve()
      tops.set(stream, first + texts.length - 1)
      const keys = journal.write(laneNow(), stream, first, texts)
      if (calls.push({ stream, first, texts, keys, resolve, reject }) === 1) tail = Promise.all([tail, Promise.resolve().then(flush)])
    })

  /** After every append of before, whatever became of it. */
  const after = async <T>(work: () => Promise<T>): Promise<T> => {
    await tail
    await (adopting = adopting || adopt())
    return work()
  }

  /** Shows `take` the records from a number on, until it has enough. */
  const scan = async (stream: string, from: number, size: number, take: (record: LogRecord) => unknown): Promise<void> => {
    for (let page: Entry[] = [], more = true; more; more = page.length === size) {
      page = await table.range(recordKey(stream, Math.max(0, from)), recordKey(stream, 1e15 - 1), size)
      for (const [key, text] of page) {
        from = Number(key.slice(-15)) + 1
        if (!take({ seq: from - 1, text })) return
      }
    }
  }

  return {
    open: (stream): Log => ({
      append: (first, texts) => append(stream, first, texts),
      read: (from, max, maxBytes) =>
        after(async () => {
          const found: LogRecord[] = []
          let size = 0
          if (max > 0)
            await scan(stream, from, Math.min(max, pageSize), (record) => {
              size += record.text.length
              if (!found.length || size <= maxBytes) return found.push(record) < max
              return false
            })
          return found
        }),
      drop: (upTo, except = []) =>
        after(() => {
          const gone: [string, string][] = []
          let low = 0
          except
            .filter((seq) => seq <= upTo)
            .concat(upTo + 1)
            .sort((a, b) => a - b)
            .forEach((seq) => {
              if (seq > low) gone.push([recordKey(stream, low), recordKey(stream, seq - 1)])
              low = seq + 1
            })
          return table.write([], gone)
        }),
      stats: () =>
        after(async () => {
          const all = { count: 0, bytes: 0, first: 0, last: 0 }
          await scan(stream, 0, pageSize, ({ seq, text }) => {
            all.bytes += text.length
            all.first = all.first || seq
            all.last = seq
            return ++all.count
          })
          return all
        }),
    }),
    list: () =>
      after(async () => {
        const streams: string[] = []
        for (let low = 'r:'; ; ) {
          const [entry] = await table.range(low, 'r;', 1)
          if (!entry) return streams.map(unescape).sort()
          const [, name] = entry[0].split(':') as [string, string]
          streams.push(name)
          low = `r:${name};`
        }
      }),
  }
}

const pageSize = 500
const markKey = (stream: string): string => 'm:' + escape(stream)
const recordKey = (stream: string, seq: number): string => `r:${escape(stream)}:${1e15 + seq}`
const fork = (seq: number): OmoError => new OmoError('stream-fork', `number ${seq} was used before`)
