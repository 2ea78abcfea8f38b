import type { LogRecord } from '../ports'
import { journalKeys } from './journal'
import type { Journal, JournalKey } from './journal'
import type { RecordStore } from './record-store'
import type { Shelf } from './shelf'

/** Records where there is no IndexedDB: the journal's own keys are the store, whichever page wrote them. */
export function shelfRecords(shelf: Shelf, journal: Journal): RecordStore {
  const of = (stream: string): JournalKey[] =>
    journalKeys(shelf)
      .filter((entry) => entry.stream === stream)
      .sort((a, b) => a.seq - b.seq)
  const mark = (stream: string): number => Number(shelf.get('m:' + stream))
  return {
    inJournal: true,
    add: () => Promise.resolve(),
    adopt: () => Promise.resolve(),
    page: async (stream, from, max) =>
      of(stream)
        .filter(({ seq }) => seq >= from)
        .slice(0, max)
        .map(({ seq, key }): LogRecord => ({ seq, text: shelf.get(key) as string })),
    async drop(stream, upTo, except) {
      of(stream).forEach(({ seq, key }) => {
        if (seq > upTo) return
        if (except.indexOf(seq) < 0) journal.erase([key])
        if (seq > mark(stream)) shelf.set('m:' + stream, String(seq))
      })
    },
    top: async (stream, but) => of(stream).reduce((top, { seq, key }) => (but.indexOf(key) < 0 ? Math.max(top, seq) : top), mark(stream)),
    list: async () => Array.from(new Set(journalKeys(shelf).map(({ stream }) => stream))).sort(),
  }
}
