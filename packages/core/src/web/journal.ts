import { shelfCap } from './shelf'
import type { Shelf } from './shelf'
import { escape, unescape } from './prefix'
import { journalKey } from './record-keys'

/** A record in the journal. */
export interface Journalled {
  readonly key: string
  readonly stream: string
  readonly first: number
  readonly texts: readonly [string]
}

/** The write-ahead journal: one key per record, written in the calling task, so that a record outlives its tab at once. */
export interface Journal {
  /** Every record other pages have in the journal, by number. */
  all(): Journalled[]
  /** Writes what fits and names it. */
  write(stream: string, first: number, texts: readonly string[]): string[]
  erase(keys: readonly string[]): void
  /** Erases later, in idle slices: a removal costs more than a write. */
  eraseIdly(keys: readonly string[]): void
}

export function createJournal(shelf: () => Shelf): Journal {
  /** What this page wrote and has not erased: it looks after that itself. */
  const own = new Set<string>()
  let used = 0
  let stale: string[] = []

  const erase = (keys: readonly string[]): void =>
    keys.forEach((key) => {
      own.delete(key)
      shelf().del(key)
    })
  const sweep = (): void => {
    erase(stale.splice(0, 100))
    if (stale.length) idle(sweep)
    else used = 0
  }

  return {
    all: () =>
      shelf()
        .keys('j:')
        .filter((key) => !own.has(key))
        .map((key) => {
          const [, , stream, seq] = key.split(':') as [string, string, string, string]
          return { key, stream: unescape(stream), first: Number(seq), texts: [shelf().get(key) as string] as const }
        })
        .sort((a, b) => a.first - b.first),
    write(stream, first, texts) {
      const keys: string[] = []
      try {
        for (const text of texts) {
          if ((used += text.length) > shelfCap) break
          const key = journalKey(escape(stream)) + (first + keys.length)
          shelf().set(key, text)
          own.add(key)
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

const idle = (run: () => void): unknown => (typeof requestIdleCallback === 'undefined' ? setTimeout(run, 20) : requestIdleCallback(run))
