import type { RecordRun } from './record-store'
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
  /** Writes what fits and names it; fewer keys than texts: full. */
  write(lane: string, stream: string, first: number, texts: readonly string[]): string[]
  erase(keys: readonly string[]): void
  /** Erases later, in idle slices: a removal costs more than a write. */
  eraseIdly(keys: readonly string[]): void
}

/** Characters, of the 5.2 million a whole origin has and shares with the page. */
const cap = 2_000_000

export function createJournal(shelf: Shelf): Journal {
  const size = (key: string): number => {
    const text = shelf.get(key)
    return text === null ? 0 : key.length + text.length
  }
  let used = shelf.keys('j:').reduce((sum, key) => sum + size(key), 0)
  let stale: string[] = []

  const erase = (keys: readonly string[]): void =>
    keys.forEach((key) => {
      used -= size(key)
      shelf.del(key)
    })
  const sweep = (): void => {
    erase(stale.slice(0, 100))
    stale = stale.slice(100)
    if (stale.length) idle(sweep)
  }

  return {
    write(lane, stream, first, texts) {
      const keys: string[] = []
      try {
        texts.forEach((text, i) => {
          const key = `j:${lane}:${escape(stream)}:${first + i}`
          const more = key.length + text.length
          if (used + more > cap) throw cap
          shelf.set(key, text)
          used += more
          keys.push(key)
        })
      } catch {
        // full: what was written stays a prefix
      }
      return keys
    },
    erase,
    eraseIdly(keys) {
      if (!stale.length && keys.length) idle(sweep)
      stale = stale.concat(keys)
    },
  }
}

/** Every key of the journal on this device. */
export function journalKeys(shelf: Shelf): JournalKey[] {
  return shelf.keys('j:').map((key) => {
    const [, lane, stream, seq] = key.split(':')
    return { key, lane: lane as string, stream: unescape(stream as string), seq: Number(seq) }
  })
}

/** The records behind keys; those erased meanwhile are left out. */
export function recordsOf(shelf: Shelf, keys: readonly JournalKey[]): RecordRun[] {
  const runs: RecordRun[] = []
  keys.forEach(({ key, stream, seq }) => {
    const text = shelf.get(key)
    if (text !== null) runs.push({ stream, first: seq, texts: [text] })
  })
  return runs
}

const idle = (run: () => void): unknown => (typeof requestIdleCallback === 'undefined' ? setTimeout(run, 20) : requestIdleCallback(run))
