import type { FactBody, Json } from '../facts'

/** An event in omokit's words, on its way to or from another vendor's. Ids stand in the body as `anonId` and `userId`. */
export interface MappedEvent {
  /** A standard kind, or `x:` and the vendor's own name where omokit has none. */
  readonly kind: string
  readonly body: FactBody
  /** Milliseconds; absent when the message says no time. */
  readonly at?: number
  /** The sender's id of the message. */
  readonly id?: string
}

/** What a map must be told because the vendor's message does not say it. */
export interface MapOptions {
  /** ISO 4217: of amounts whose message names no currency. */
  readonly currency?: string
}

/** A message for the other side, and the fields of the body that it has no place for. */
export interface Outgoing<T> {
  readonly message: T
  readonly lost: readonly string[]
}

/** What a message of the other side says: one event for each thing it is about. */
export interface Incoming {
  readonly events: readonly MappedEvent[]
}

/** A record of the other side. */
export type Foreign = Readonly<Record<string, unknown>>

export const isForeign = (value: unknown): value is Foreign => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A text that is there, or undefined. Numbers used as ids become texts. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value || undefined
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/** The object without what is undefined. */
export function present(fields: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  const kept: Record<string, Json> = {}
  for (const name of Object.keys(fields)) if (fields[name] !== undefined) kept[name] = fields[name] as Json
  return kept
}

/** `Product Added to Wishlist` as `product_added_to_wishlist`. */
export const snake = (kind: string): string => kind.toLowerCase().replace(/ /g, '_')
