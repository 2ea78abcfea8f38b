import type { Shelf } from './shelf'
import { escape, unescape } from './prefix'

/** A key of the journal: which page wrote which number of which stream. */
export interface JournalKey {
  readonly key: string
  readonly lane: string
  readonly stream: string
  readonly seq: number
}

/** The write-ahead journal: one key per record, written in the calling task, so that a record outlives its tab at once. */
export interface Journal {
  /** Writes what fits and names it. */
  write(lane: string, stream: string, first: number, texts: readonly string[]): string[]
  erase(keys: readonly string[]): void
  /** Erases later, in idle slices: a removal costs more than a write. */
  eraseIdly(keys: readonly string[]): void
}

/** Characters a page may have in the journal, of the 5.2 million a whole origin has and shares with the page. */
const cap = 2_000_000

export function createJournal(shelf: () => Shelf): Journal {
  let used = 0
  let stale: string[] = []

  const erase = (keys: readonly string[]): void =>
    keys.forEach((key) => {
      used -= (shelf().get(key) || '').length
      shelf().del(key)
    })
  const sweep = (): void => {
    erase(stale.splice(0, 100))
    if (stale.length) idle(sweep)
  }

  return {
    write(lane, stream, first, texts) {
      const keys: string[] = []
      try {
        for (const text of texts) {
          if (used + text.length > cap) break
          const key = `j:${lane}:${escape(stream)}:${first + keys.length}`
          shelf().set(key, text)
          used += text.length
          keys.push(key)
        }
      } catch {
        // full: what was written stays a prefix
      }
      return keys
    },
    erase,
    eraseIdly(keys) {
      if (!stale.length) idle(sweep)
      stale = stale.concat(keys)
    },
  }
}

/** Every key of the journal on this device, by number. */
export const journalKeys = (shelf: Shelf): JournalKey[] =>
  shelf
    .keys('j:')
    .map((key) => {
      const [, lane, stream, seq] = key.split(':') as [string, string, string, string]
      return { key, lane, stream: unescape(stream), seq: Number(seq) }
    })
    .sort((a, b) => a.seq - b.seq)

const idle = (run: () => void): unknown => (typeof requestIdleCallback === 'undefined' ? setTimeout(run, 20) : requestIdleCallback(run))
