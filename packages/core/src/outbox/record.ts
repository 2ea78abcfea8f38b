import type { ClockReading } from '../clock'
import type { Fact, FactDraft, StreamEndedBody } from '../facts'
import { OmoError } from '../issues'
import { parse } from '../parse'

/** Most UTF-8 bytes a record may have, so that it stays under the hub's 64 kB with its number and its link. */
const mostBytes = 63_900

/** Facts about streams: only the outbox itself writes them. */
export const lostKind = 'Facts Lost'
export const endedKind = 'Stream Ended'

/** The body of the statement that a stream has ended, as it was decided: an answer may have come in late. */
export function endOf(stream: string, { through, purged }: Pick<StreamEndedBody, 'purged' | 'through'>, acked: number): StreamEndedBody {
  const late = Math.max(0, acked - through)
  return { stream, through: through + late, purged: Math.max(0, purged - late) }
}

/**
 * The text a fact has in the log: its JSON without the number. `priority` stands first, so that eviction need not parse.
 * Throws `too-large`, or `invalid` for what JSON cannot say.
 */
export function recordText(
  { priority, kind, place, consent, body = {} }: FactDraft,
  { device: at, mono, source: src, offset }: ClockReading,
  tz: number,
): string {
  let text: string
  try {
    text = JSON.stringify({ priority, kind, at, tz, mono, src, offset, place, consent, body })
  } catch (cause) {
    throw new OmoError('invalid', 'body', cause)
  }
  // no unit takes more than three bytes: counting them is left to the few that may be too large
  if (text.length * 3 > mostBytes && byteLength(text) > mostBytes) throw new OmoError('too-large', kind, mostBytes)
  return text
}

/** Bytes of the text in UTF-8. */
export const byteLength = (text: string): number => text.replace(/[\x80-\u07ff\ud800-\udfff]/g, '..').replace(/[\u0800-\uffff]/g, '...').length

/** The record as it goes over the wire: these very bytes are hashed. */
export const wireText = (seq: number, text: string): string => `{"seq":${seq},${text.slice(1)}`

/** The text as it was before it was linked to another record (trade). */
export const unlinkedText = (text: string): string => text.replace(/^{"prev":"[\w-]*",/, '{')

/** The fact, or undefined when the text is not one JSON object. */
export const factOf = (text: string): Partial<Fact> | undefined => (text[0] === '{' ? (parse(text) as Partial<Fact> | undefined) : undefined)
