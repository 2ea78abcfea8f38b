import type { ClockSource, Fact, FactBody, IssueCode, Lane } from '@omokit/core'
import type { JsonSlice } from '../http/strict-json'
import { factHash } from './fact-hash'
import { isPlainText } from './plain-text'

/** One element of a batch: its number and hash, and either the fact or the reason why it is not taken. */
export interface ReadFact {
  readonly seq: number
  readonly text: string
  readonly hash: string
  readonly fact?: Fact
  readonly code?: IssueCode
}

/** Reads one fact from its exact text. Undefined when not even its number can be told, so that nothing can be answered about it. */
export function readFact(slice: JsonSlice, lane: Lane, maxBytes: number): ReadFact | undefined {
  const { text } = slice
  const seq = numberOf(slice)
  if (seq === undefined) return undefined
  const read = { seq, text, hash: factHash(text) }
  if (slice.issue) return { ...read, code: slice.issue }
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) return { ...read, code: 'too-large' }
  const fact = JSON.parse(text) as Fact
  const code = fault(fact, lane)
  return code ? { ...read, code } : { ...read, fact }
}

const opening = /^\{"seq":([1-9][0-9]{0,15})[,}]/

function numberOf(slice: JsonSlice): number | undefined {
  const match = opening.exec(slice.text)
  let seq: unknown = match ? Number(match[1]) : undefined
  // another spelling is fine as long as the text can be parsed without harm
  if (!match && !slice.issue) {
    const value: unknown = JSON.parse(slice.text)
    seq = typeof value === 'object' && value !== null ? (value as { seq?: unknown }).seq : undefined
  }
  return Number.isSafeInteger(seq) && (seq as number) >= 1 ? (seq as number) : undefined
}

const sources: readonly ClockSource[] = ['server', 'server+mono', 'floor', 'device']

function fault(fact: Fact, lane: Lane): IssueCode | undefined {
  const { kind, at, tz, mono, src, offset, body, place, consent, prev } = fact as { [K in keyof Fact]: unknown }
  const sound =
    typeof kind === 'string' &&
    isTime(at) &&
    Number.isFinite(tz) &&
    Number.isFinite(mono) &&
    sources.includes(src as ClockSource) &&
    (offset === undefined || isTime(offset)) &&
    isObject(body) &&
    (place === undefined || isPlace(place)) &&
    (consent === undefined || (Array.isArray(consent) && consent.length <= 32 && consent.every((purpose) => isPlainText(purpose, 64)))) &&
    (lane === 'trade' ? typeof prev === 'string' && prev.length <= 43 : prev === undefined)
  if (!sound) return 'invalid'
  return moneyFault(fact.body, lane)
}

// half a millisecond is no reason to lose a fact
const isTime = (value: unknown): boolean => Number.isFinite(value) && Math.abs(value as number) <= 8.64e15

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

function isPlace(value: unknown): boolean {
  if (!isObject(value)) return false
  const { channel, storeId, workstationId, businessDay, operatorId, training } = value
  return (
    isPlainText(channel, 16) &&
    [storeId, workstationId, businessDay, operatorId].every((text) => text === undefined || isPlainText(text, 64)) &&
    (training === undefined || typeof training === 'boolean')
  )
}

/** Fields that carry money in the events of the observe lane, by the names of Segment's e-commerce specification. */
const moneyNames = /^(?:price|amount|revenue|total|subtotal|discount|tax|shipping|pay|gross|net|rounding)$/
const largest = 1e13

/** In trade every number is a whole number of something; in observe at least the money is. */
function moneyFault(body: FactBody, lane: Lane): IssueCode | undefined {
  // the nesting was capped before this value was built
  const walk = (value: unknown, money: boolean): boolean => {
    if (typeof value === 'number') return !money || Number.isSafeInteger(value)
    if (typeof value !== 'object' || value === null) return true
    if (Array.isArray(value)) return value.every((item) => walk(item, money))
    return Object.entries(value).every(([name, item]) => {
      const named = moneyNames.test(name)
      if (named && typeof item === 'number' && Math.abs(item) > largest) return false
      return walk(item, lane === 'trade' || (typeof item === 'number' && named))
    })
  }
  return walk(body, lane === 'trade') ? undefined : 'not-an-amount'
}
