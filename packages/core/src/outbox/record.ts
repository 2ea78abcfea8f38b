import type { ClockReading } from '../clock'
import { laneOfKind } from '../fact-lanes'
import type { Fact, FactDraft, Lane } from '../facts'
import { OmoError } from '../issues'
import { utf8 } from '../utf8'

/** Most UTF-8 bytes a record may have, so that it stays under the hub's 64 kB with its number and its link. */
const mostBytes = 63_900

/** In the order of sending. */
export const lanes: readonly Lane[] = ['trade', 'observe']

/** Facts about streams: only the outbox itself writes them. */
export const lostKind = 'Facts Lost'
export const endedKind = 'Stream Ended'

/** The lane a caller's fact belongs to, by its kind. Throws `unknown-kind`, or `wrong-lane` for the outbox's own kinds. */
export function laneOf(kind: string): Lane {
  if (kind === lostKind || kind === endedKind) throw new OmoError('wrong-lane', kind)
  const lane = laneOfKind(kind)
  if (lane) return lane
  throw new OmoError('unknown-kind', kind)
}

/**
 * The text a fact has in the log: its JSON without the number. `priority` stands first, so that eviction need not parse.
 * Throws `too-large`, or `invalid` for what JSON cannot say.
 */
export function recordText(draft: FactDraft, clock: ClockReading, zone: number): string {
  const text = stringify({
    priority: draft.priority,
    kind: draft.kind,
    at: clock.device,
    tz: zone,
    mono: clock.mono,
    src: clock.source,
    offset: clock.offset,
    place: draft.place,
    consent: draft.consent,
    body: draft.body || {},
  })
  if (text.length * 3 > mostBytes && utf8(text).length > mostBytes) throw new OmoError('too-large', draft.kind, mostBytes)
  return text
}

/** The same text, linked to the record before it (trade). */
export const linkedText = (text: string, prev: string): string => `{"prev":"${prev}",${text.slice(1)}`

/** The text as it was before {@link linkedText}. */
export const unlinkedText = (text: string): string => text.replace(/^{"prev":"[\w-]*",/, '{')

/** The record as it goes over the wire: these very bytes are hashed. */
export const wireText = (seq: number, text: string): string => `{"seq":${seq},${text.slice(1)}`

function stringify(fact: object): string {
  try {
    return JSON.stringify(fact)
  } catch (cause) {
    throw new OmoError('invalid', 'body', cause)
  }
}

/** The fact, or undefined when the text is not one JSON object. */
export const factOf = (text: string): Partial<Fact> | undefined => (text.charAt(0) === '{' ? (parse(text) as Partial<Fact> | undefined) : undefined)

/** The value, or undefined for nothing and for what is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) || undefined
  } catch {
    return undefined
  }
}
