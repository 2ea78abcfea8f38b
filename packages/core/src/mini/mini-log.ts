import { OmoError } from '../issues'
import type { Log, LogRecord, LogStore } from '../ports'
import { escape, unescape } from '../web/prefix'
import { armour, unarmour } from './armour'
import type { MiniHost } from './mini-host'
import { partLength } from './mini-kv'
import { contentOf, recordIn, topMark } from './segment'
import { stored } from './storage-fault'

interface Segment {
  readonly no: number
  readonly count: number
  /** UTF-16 units of record texts. */
  readonly bytes: number
  readonly first: number
  readonly last: number
}

/** One stream as this logic layer knows it; storage holds the same. */
interface Stream {
  segments: readonly Segment[]
  /** Highest number ever appended. */
  top: number
  /** The records of the last segment as they stand in it. */
  tail: string
}

/** Streams in use by name, and the numbers of the segments that stand in storage. */
export interface LogTable {
  readonly streams: Map<string, Stream>
  readonly segments: Map<string, number[]>
}

/** Rewriting this much for each append is still quick; beyond it the next segment begins. */
const openLength = 16_000
/** A call of many records fills segments up to this. */
const fullLength = 60_000

/**
 * The log of a mini-program: segments of records, one key each. An append is one synchronous write of the last segment, so
 * that *journalled* and *stored* are one moment; only a call that fills a segment needs more writes, and a kill between
 * them leaves a prefix. A dropped segment is one removed key; the last one stays, with the highest number.
 */
export function miniLog(host: () => MiniHost, prefix: string, tableOf: () => { readonly logs: Map<string, LogTable> }): LogStore {
  const start = prefix + 'l:'

  const table = (): LogTable => {
    const tables = tableOf().logs
    let known = tables.get(prefix)
    if (known) return known
    const segments = new Map<string, number[]>()
    for (const key of host().keys()) {
      if (key.indexOf(start) !== 0) continue
      const end = key.lastIndexOf(':')
      const name = key.slice(start.length, end)
      segments.set(name, (segments.get(name) || []).concat(Number(key.slice(end + 1))))
    }
    tables.set(prefix, (known = { streams: new Map(), segments }))
    return known
  }

  const keyOf = (name: string, no: number): string => `${start}${name}:${no}`
  const textOf = (name: string, no: number): string => unarmour(host().read(keyOf(name, no)) || '')

  const streamOf = (name: string): Stream => {
    const { streams, segments } = table()
    let stream = streams.get(name)
    if (stream) return stream
    stream = { segments: [], top: 0, tail: '' }
    const numbers = (segments.get(name) || []).sort((a, b) => a - b)
    stream.segments = numbers.map((no) => {
      const { records, top } = contentOf(textOf(name, no))
      ;(stream as Stream).top = Math.max((stream as Stream).top, top)
      ;(stream as Stream).tail = records.map(({ seq, text }) => recordIn(seq, text)).join('')
      return segmentOf(no, records)
    })
    streams.set(name, stream)
    return stream
  }

  const setSegments = (name: string, stream: Stream, segments: readonly Segment[]): void => {
    stream.segments = segments
    table().segments.set(
      name,
      segments.map(({ no }) => no),
    )
  }

  /** Runs writes; should one fail, the stream is read anew at its next use: storage alone knows what stands there. */
  const guarded = (run: () => void): void => {
    try {
      run()
    } catch (error) {
      tableOf().logs.delete(prefix)
      throw error
    }
  }

  const append = (name: string, first: number, texts: readonly string[]): void => {
    const stream = streamOf(name)
    if (!(first > stream.top)) throw new OmoError('stream-fork', `number ${first} is not above ${stream.top}`)
    if (!texts.length) return
    const before = stream.segments[stream.segments.length - 1]
    const open = before && stream.tail.length < openLength
    const drafts: Draft[] = [open ? { segment: before, text: stream.tail } : { segment: segmentOf(before ? before.no + 1 : 1, []), text: '' }]
    texts.forEach((text, i) => {
      const seq = first + i
      const record = recordIn(seq, text)
      if (armour(record).length > partLength) throw new OmoError('quota', `a record over ${partLength} characters`)
      let draft = drafts[drafts.length - 1] as Draft
      if (draft.text && draft.text.length + record.length > fullLength) drafts.push((draft = { segment: segmentOf(draft.segment.no + 1, []), text: '' }))
      const { no, count, bytes, first: lowest } = draft.segment
      draft.segment = { no, count: count + 1, bytes: bytes + text.length, first: count ? lowest : seq, last: seq }
      draft.text += record
    })
    guarded(() => writeAll(name, drafts, open ? stream : undefined))
    setSegments(name, stream, (open ? stream.segments.slice(0, -1) : stream.segments).concat(drafts.map(({ segment }) => segment)))
    stream.tail = (drafts[drafts.length - 1] as Draft).text
    stream.top = first + texts.length - 1
  }

  /** Writes all drafts, oldest first, or none; the first one stands on the tail of `on`. */
  const writeAll = (name: string, drafts: readonly Draft[], on: Stream | undefined): void => {
    let done = 0
    try {
      for (const { segment, text } of drafts) {
        host().write(keyOf(name, segment.no), armour(text))
        done++
      }
    } catch (error) {
      // newest first, so that a kill on the way back leaves a prefix too
      while (done--) {
        const key = keyOf(name, (drafts[done] as Draft).segment.no)
        if (done || !on) host().remove(key)
        else host().write(key, armour(on.tail + topMark(on.top)))
      }
      throw error
    }
  }

  const read = (name: string, from: number, max: number, maxBytes: number): LogRecord[] => {
    const found: LogRecord[] = []
    let size = 0
    for (const { no, last } of streamOf(name).segments) {
      if (last < from) continue
      for (const record of contentOf(textOf(name, no)).records) {
        if (record.seq < from) continue
        size += record.text.length
        if (found.length >= max || (found.length && size > maxBytes)) return found
        found.push(record)
      }
    }
    return found
  }

  const drop = (name: string, upTo: number, except: readonly number[]): void => {
    const stream = streamOf(name)
    const newest = stream.segments[stream.segments.length - 1]
    const left: Segment[] = []
    const trim = (segment: Segment): void => {
      const { no, count, first } = segment
      const kept = count && first <= upTo ? contentOf(textOf(name, no)).records.filter(({ seq }) => seq > upTo || except.indexOf(seq) >= 0) : []
      if (!count || first > upTo || kept.length === count) return void left.push(segment)
      if (!kept.length && segment !== newest) return host().remove(keyOf(name, no))
      const text = kept.map(({ seq, text }) => recordIn(seq, text)).join('')
      host().write(keyOf(name, no), armour(segment === newest ? text + topMark(stream.top) : text))
      left.push(segmentOf(no, kept))
      if (segment === newest) stream.tail = text
    }
    guarded(() => stream.segments.forEach(trim))
    setSegments(name, stream, left)
  }

  return {
    open(streamName): Log {
      const name = escape(armour(streamName))
      return {
        append: (first, texts) => stored(() => append(name, first, texts)),
        read: (from, max, maxBytes) => stored(() => read(name, from, max, maxBytes)),
        drop: (upTo, except = []) => stored(() => drop(name, upTo, except)),
        stats: () =>
          stored(() => {
            const held = streamOf(name).segments.filter(({ count }) => count)
            const [first, last] = [held[0], held[held.length - 1]]
            return {
              count: held.reduce((sum, { count }) => sum + count, 0),
              bytes: held.reduce((sum, { bytes }) => sum + bytes, 0),
              first: first ? first.first : 0,
              last: last ? last.last : 0,
            }
          }),
      }
    },
    list: () =>
      stored(() => {
        const names: string[] = []
        table().segments.forEach((_, name) => streamOf(name).segments.some(({ count }) => count) && names.push(unarmour(unescape(name))))
        return names.sort()
      }),
  }
}

interface Draft {
  segment: Segment
  text: string
}

const segmentOf = (no: number, records: readonly LogRecord[]): Segment => ({
  no,
  count: records.length,
  bytes: records.reduce((sum, { text }) => sum + text.length, 0),
  first: records.length ? (records[0] as LogRecord).seq : 0,
  last: records.length ? (records[records.length - 1] as LogRecord).seq : 0,
})
