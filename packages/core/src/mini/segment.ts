import type { LogRecord } from '../ports'

/** A record as it stands in a segment: its number, the length of its text, its text. */
export const recordIn = (seq: number, text: string): string => `${seq} ${text.length} ${text}`

/** What stands behind the records of a segment that has lost its newest: numbers are never used twice. */
export const topMark = (top: number): string => '^' + top

/** A segment read back. */
export interface SegmentContent {
  /** Whole and ascending; what follows a damaged one is not believed. */
  readonly records: readonly LogRecord[]
  /** The highest number the segment has ever held. */
  readonly top: number
}

export function contentOf(segment: string): SegmentContent {
  const records: LogRecord[] = []
  let top = 0
  for (let at = 0; at < segment.length; ) {
    if (segment.charAt(at) === '^') {
      top = Math.max(top, Number(segment.slice(at + 1)) || 0)
      break
    }
    const first = segment.indexOf(' ', at)
    const second = segment.indexOf(' ', first + 1)
    const [seq, length] = [Number(segment.slice(at, first)), Number(segment.slice(first + 1, second))]
    const end = second + 1 + length
    if (first < 0 || second < 0 || !(seq > top) || !(length >= 0) || end > segment.length) break
    records.push({ seq, text: segment.slice(second + 1, end) })
    top = seq
    at = end
  }
  return { records, top }
}
