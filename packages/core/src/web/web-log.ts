import { OmoError } from '../issues'
import type { Log, LogRecord, LogStore } from '../ports'
import { idOf } from '../ids'
import { createJournal } from './journal'
import { escape, unescape } from './prefix'
import { recordKey, seqOf } from './record-keys'
import type { Shelf } from './shelf'
import type { Table } from './table'

/** Records of one stream numbered without a gap. */
interface Run {
  readonly stream: string
  readonly first: number
  readonly texts: readonly string[]
}

interface Call extends Run {
  /** Ends the call and its journal keys. */
  readonly end: (error?: unknown) => void
}

/**
 * The log of a page. `append` writes one journal key per record before it returns; in the microtask after, everything
 * appended goes into one transaction, and its completion is the moment *stored*. Journal keys go afterwards, idly.
 * Before anything is read, whatever other pages have in the journal is taken into the table, whether they live or not: a
 * page that lives stores the same text under the same number.
 *
 * In the table a record lies under `r:stream:number`, and under `m:stream` the highest number ever stored, so that neither
 * a restart nor a late journal key brings a number back. Beside the journal lies under `h:stream` what `reserve` noted.
 *
 * @param stranded records of an earlier page could not be taken over
 */
export function webLog(shelf: () => Shelf, table: Table, stranded: (error: unknown) => void): LogStore {
  const journal = createJournal(shelf)
  /** The highest number appended here, and the highest stored before the first of them, per stream. */
  const tops = new Map<string, number>()
  const marks = new Map<string, number>()
  let calls: Call[] = []
  /** Settles when every append up to now has. */
  let tail: Promise<unknown> = Promise.resolve()

  const markOf = async (stream: string): Promise<number> => {
    const [mark] = await table.range(markKey(stream), markKey(stream))
    return mark ? Number(mark[1]) : 0
  }

  const store = (runs: readonly Run[]): Promise<void> => {
    const puts: Record<string, string> = {}
    for (const { stream, first, texts } of runs) {
      texts.forEach((text, i) => (puts[keyOf(stream, first + i)] = text))
      puts[markKey(stream)] = String(first + texts.length - 1)
    }
    return table.write(Object.entries(puts))
  }

  const adopt = async (): Promise<void> => {
    try {
      const found = journal.all()
      const fresh = new Map<string, number>()
      for (const { stream } of found) if (!fresh.has(stream)) fresh.set(stream, await markOf(stream))
      const late = found.filter(({ stream, first }) => first > (fresh.get(stream) as number))
      if (late.length) await store(late)
      journal.erase(found.map(({ key }) => key))
    } catch (error) {
      stranded(error) // the keys stay for the next time
    }
  }

  /** Nothing is awaited once the streams are known: the transaction begins in the very task of the append. */
  const flush = async (): Promise<void> => {
    let batch = calls
    calls = []
    try {
      for (const { stream } of batch) if (!marks.has(stream)) marks.set(stream, await markOf(stream))
      batch = batch.filter((call) => call.first > (marks.get(call.stream) as number) || call.end(fork(call.first)))
      if (batch.length) await store(batch)
      batch.forEach((call) => call.end())
    } catch (error) {
      batch.forEach((call) => call.end(error))
    }
  }

  const append = (stream: string, first: number, texts: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!(first > (tops.get(stream) || 0))) return reject(fork(first))
      if (!texts.length) return resolve()
      const top = first + texts.length - 1
      tops.set(stream, top)
      const keys = journal.write(stream, first, texts)
      const end = (error?: unknown): void => {
        if (!error) {
          journal.eraseIdly(keys)
          return resolve()
        }
        // the number may be tried again
        if (tops.get(stream) === top) tops.set(stream, first - 1)
        journal.erase(keys)
        reject(error)
      }
      if (calls.push({ stream, first, texts, end }) === 1) tail = Promise.all([tail, Promise.resolve().then(flush)])
    })

  /** After every append of before, whatever became of it. */
  const after = async <T>(work: () => Promise<T>): Promise<T> => {
    await tail
    await adopt()
    return work()
  }

  const page = async (stream: string, from: number, max: number): Promise<LogRecord[]> =>
    (await table.range(keyOf(stream, Math.max(0, from)), keyOf(stream, 1e15 - 1), max)).map(([key, text]) => ({ seq: seqOf(key), text }))

  return {
    begin() {
      const stream = idOf(crypto.getRandomValues(new Uint8Array(21)))
      // nothing to be read first: the records of the first task go into the very first transaction
      marks.set(stream, 0)
      return stream
    },
    open: (stream): Log => ({
      append: (first, texts) => append(stream, first, texts),
      read: (from, max, maxBytes) =>
        after(async () => {
          let size = 0
          const found = max > 0 ? await page(stream, from, max) : []
          return found.filter(({ text }, i) => (size += text.length) <= maxBytes || !i)
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
              if (seq > low) gone.push([keyOf(stream, low), keyOf(stream, seq - 1)])
              low = seq + 1
            })
          return table.write([], gone)
        }),
      reserve(upTo, exact) {
        try {
          shelf().set(noteKey(stream), (exact ? '=' : '') + upTo)
        } catch {
          // full: rather no note than an old one, the stored head must do
          shelf().del(noteKey(stream))
        }
      },
      forget: () =>
        after(async () => {
          const key = escape(stream)
          await table.write(
            [],
            [
              [`r:${key}:`, `r:${key};`],
              [markKey(stream), markKey(stream)],
            ],
          )
          shelf().del(noteKey(stream))
        }),
      stats: () =>
        after(async () => {
          const note = shelf().get(noteKey(stream))
          const all = Object.assign({ count: 0, bytes: 0, first: 0, last: 0 }, note && { reserved: parseInt(note.replace('=', '')), exact: note[0] === '=' })
          for (let more = true; more; ) {
            const records = await page(stream, all.last + 1, 500)
            for (const { seq, text } of records) {
              all.count++
              all.bytes += text.length
              all.first = all.first || seq
              all.last = seq
            }
            more = records.length === 500
          }
          return all
        }),
    }),
    list: () =>
      after(async () => {
        const streams = shelf()
          .keys('h:')
          .map((key) => key.slice(2))
        for (let low = 'r:'; ; ) {
          const [entry] = await table.range(low, 'r;', 1)
          if (!entry) return streams.map(unescape).sort()
          const [, name] = entry[0].split(':') as [string, string]
          if (streams.indexOf(name) < 0) streams.push(name)
          low = `r:${name};`
        }
      }),
  }
}

const markKey = (stream: string): string => 'm:' + escape(stream)
const noteKey = (stream: string): string => 'h:' + escape(stream)
const keyOf = (stream: string, seq: number): string => recordKey(escape(stream), seq)
const fork = (seq: number): OmoError => new OmoError('stream-fork', `number ${seq} was used before`)
