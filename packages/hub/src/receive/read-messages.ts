import { createHash } from 'node:crypto'
import { type Issue, refuse, type Result } from '@omokit/core'
import { fromGa4, fromSegment, fromYoushu, type Incoming, type MapOptions, type MappedEvent, type YoushuOptions } from '@omokit/core/maps'
import { isPlainText } from '../facts/plain-text'

/** Trackers whose payloads are taken. */
export type Source = 'segment' | 'ga4' | 'youshu'

/** One thing a payload says, or why it cannot be taken. */
export interface ReceivedMessage {
  /** What the sender calls it. */
  readonly name: string
  /** The sender's id, or one made of the content and its time; undefined when a repeat cannot be told from a second event. */
  readonly id?: string
  readonly event?: MappedEvent
  readonly issue?: Issue
  /** Purposes the payload says are granted; undefined when it says nothing. */
  readonly consent?: readonly string[]
}

type Payload = Readonly<Record<string, unknown>>

/**
 * Reads a payload as messages. Issues concern the payload as a whole: `invalid` for another shape, `too-many` over `most`; what is wrong with one message stands
 * with that message.
 */
export function readMessages(source: Source, payload: Payload, options: YoushuOptions, most: number): Result<readonly ReceivedMessage[]> {
  const list = listOf(source, payload)
  if (!list) return refuse('invalid', { path: source === 'segment' ? 'batch' : 'events', need: 'array' })
  if (list.length > most) return refuse('too-many', { have: list.length, need: most })
  const messages = list.flatMap((one) => readers[source](one, payload, options))
  if (messages.length > most) return refuse('too-many', { have: messages.length, need: most })
  return { ok: true, value: messages }
}

function listOf(source: Source, payload: Payload): readonly unknown[] | undefined {
  const many = source === 'segment' ? payload['batch'] : payload['events']
  // a single message stands by itself with Segment and Youshu
  if (many === undefined && source !== 'ga4') return [payload]
  return Array.isArray(many) ? many : undefined
}

const readers: Readonly<Record<Source, (one: unknown, payload: Payload, options: MapOptions) => readonly ReceivedMessage[]>> = {
  segment: (one, payload, options) => {
    const message = record(one)
    const type = String(message['type'] ?? '')
    const name = type === 'track' ? String(message['event'] ?? '') : type
    const own = record(record(message['context'])['consent'])['categoryPreferences']
    const shared = record(record(payload['context'])['consent'])['categoryPreferences']
    return rows(name, fromSegment(one, options), idOf('segment', message['messageId']), granted(own) ?? granted(shared))
  },
  ga4: (one, payload, options) => {
    const event = record(one)
    const alone = { ...payload, events: [one] }
    // without a time two equal events are two events
    const timed = event['timestamp_micros'] ?? payload['timestamp_micros']
    const place = (payload['events'] as readonly unknown[]).indexOf(one)
    const id = timed === undefined ? undefined : contentId('ga4', [payload['client_id'], payload['user_id'], timed, place, one])
    return rows(String(event['name'] ?? ''), fromGa4(alone, options), id, ga4Consent(payload['consent']))
  },
  youshu: (one, payload, options) => {
    const event = record(one)
    const props = record(event['props'])
    const timed = event['time'] ?? props['time']
    const id = idOf('youshu', props['uuid']) ?? (timed === undefined ? undefined : contentId('youshu', [one]))
    return rows(String(event['type'] ?? ''), fromYoushu(one, options), id, texts(event['consent']) ?? texts(payload['consent']))
  },
}

function rows(name: string, read: Result<Incoming>, id: string | undefined, consent: readonly string[] | undefined): readonly ReceivedMessage[] {
  const about = { name: name.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 100) || '?', ...(consent && { consent }) }
  if (!read.ok) return [{ ...about, ...(id !== undefined && { id }), issue: read.issues[0] ?? { code: 'invalid' } }]
  return read.value.events.map((event, i) => ({ ...about, event, ...(id !== undefined && { id: i ? `${id}#${i}` : id }) }))
}

const record = (value: unknown): Payload => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : {})

/** An id as the sender gave it; a long or unprintable one by its hash. */
function idOf(source: Source, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return isPlainText(value, 120) && !value.startsWith('h:') ? value : contentId(source, [value])
}

const contentId = (source: Source, content: readonly unknown[]): string =>
  `h:${createHash('sha256')
    .update(JSON.stringify([source, content]))
    .digest('base64url')}`

/** `{ Analytics: true, Marketing: false }` is analytics. */
function granted(preferences: unknown): readonly string[] | undefined {
  if (typeof preferences !== 'object' || preferences === null || Array.isArray(preferences)) return undefined
  return purposes(Object.entries(preferences).flatMap(([name, yes]) => (yes === true ? [name.toLowerCase()] : [])))
}

/** GA4's consent: `analytics_storage` is analytics, `ad_user_data` is marketing. */
function ga4Consent(consent: unknown): readonly string[] | undefined {
  if (Array.isArray(consent)) return texts(consent)
  if (typeof consent !== 'object' || consent === null) return undefined
  const said = consent as Payload
  const yes = (name: string): boolean => said[name] === 'GRANTED' || said[name] === 'granted'
  return [...(yes('analytics_storage') ? ['analytics'] : []), ...(yes('ad_user_data') ? ['marketing'] : [])]
}

const texts = (value: unknown): readonly string[] | undefined => (Array.isArray(value) ? purposes(value.filter((one) => typeof one === 'string')) : undefined)
const purposes = (names: readonly string[]): readonly string[] => names.filter((name) => isPlainText(name, 64)).slice(0, 32)
