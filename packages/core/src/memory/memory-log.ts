import { OmoError } from '../issues'
import type { LogRecord, LogStats } from '../ports'

/** One stream's records, synchronous: what a disk would hold. The memory ports and the virtual world both stand on it. */
export interface MemoryLog {
  /** Throws an OmoError `stream-fork` when `first` is not above every number ever appended. */
  append(first: number, texts: readonly string[]): void
  read(from: number, max: number, maxBytes: number): LogRecord[]
  drop(upTo: number, except?: readonly number[]): void
  stats(): LogStats
  /** Replaces a held text in place, as a failing disk does; false when the number is not held. */
  damage(seq: number, text: string): boolean
  copy(): MemoryLog
}

export function createMemoryLog(start: readonly LogRecord[] = [], startTop = 0): MemoryLog {
  let records = start.slice()
  /** Highest number ever appended: outlives drops, so that a number cannot come twice. */
  let top = startTop
  let bytes = records.reduce((sum, record) => sum + record.text.length, 0)

  return {
    append(first, texts) {
      if (first <= top) throw new OmoError('stream-fork', `number ${first} is not above ${top}`)
      texts.forEach((text, i) => {
        records.push({ seq: first + i, text })
        bytes += text.length
      })
      if (texts.length) top = first + texts.length - 1
    },
    read(from, max, maxBytes) {
      const found: LogRecord[] = []
      let size = 0
      for (let i = firstAt(records, from); i < records.length && found.length < max; i++) {
        const record = records[i] as LogRecord
        size += record.text.length
        if (found.length && size > maxBytes) break
        found.push(record)
      }
      return found
    },
    drop(upTo, except = []) {
      const end = firstAt(records, upTo + 1)
      const kept = except.length ? records.slice(0, end).filter((record) => except.indexOf(record.seq) >= 0) : []
      records = kept.concat(records.slice(end))
      bytes = records.reduce((sum, record) => sum + record.text.length, 0)
    },
    stats: () => ({
      count: records.length,
      bytes,
      first: records.length ? (records[0] as LogRecord).seq : 0,
      last: records.length ? (records[records.length - 1] as LogRecord).seq : 0,
    }),
    damage(seq, text) {
      const at = firstAt(records, seq)
      const old = records[at]
      if (!old || old.seq !== seq) return false
      records[at] = { seq, text }
      bytes += text.length - old.text.length
      return true
    },
    copy: () => createMemoryLog(records, top),
  }
}

/** Index of the first record numbered `seq` or above. */
function firstAt(records: readonly LogRecord[], seq: number): number {
  let low = 0
  let high = records.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((records[middle] as LogRecord).seq < seq) low = middle + 1
    else high = middle
  }
  return low
}
