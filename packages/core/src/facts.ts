import type { IssueCode } from './issues'

/**
 * The two lanes of the outbox. *trade* rests on contract or law: never dropped, never sampled, hash-chained, sent first.
 * *observe* rests on consent: purgeable, with a quota.
 */
export type Lane = 'trade' | 'observe'

/** Who may send a kind of fact: the kind of the key that carries it. */
export type KeyKind = 'publishable' | 'terminal' | 'secret' | 'staff'

/** Where a fact happened. Names as in ARTS POSLog. */
export interface Place {
  readonly channel: Channel
  readonly storeId?: string
  readonly workstationId?: string
  /** ISO date, the till's business day: not the calendar date of the event. */
  readonly businessDay?: string
  readonly operatorId?: string
  /** A training receipt: recorded, never counted, never burns a coupon. */
  readonly training?: boolean
}

export type Channel = 'web' | 'miniprogram' | 'till' | 'server' | 'shelf'

/** Whom a fact is about, as far as consent lets it be said. Spread into the body of observe facts. */
export interface Ids {
  /** The visitor of this device, only under consent. */
  readonly anonId?: string
  /** The member who is logged in. */
  readonly userId?: string
  /** A till, kiosk or store tablet: its visitor id is nobody's. */
  readonly deviceShared?: true
}

/** How far the time of a fact may be trusted, best first. */
export type ClockSource = 'server' | 'server+mono' | 'floor' | 'device'

/** A fact as a package hands it to the outbox. */
export interface FactDraft {
  /** A name of {@link factKinds}, or `x:` and the brand's own name (observe only). */
  readonly kind: string
  /** Plain JSON. Money in integer minor units. */
  readonly body: FactBody
  readonly place?: Place
  /** The purposes granted when it happened (snapshot). */
  readonly consent?: readonly string[]
  /** Lower leaves first when the observe lane is over its quota (default 1). */
  readonly priority?: 0 | 1 | 2
}

export interface FactBody {
  readonly [key: string]: Json | undefined
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * A fact as it stands in the log and on the wire. Three times are kept apart: `at` by the device, `at + offset` corrected,
 * and `received` by the hub. Order is by `seq`.
 */
export interface Fact {
  /** Number inside its stream, gapless from 1 (stated gaps excepted). The fact's id is `stream.seq`. */
  readonly seq: number
  readonly kind: string
  /** Device time, milliseconds. */
  readonly at: number
  /** Minutes east of UTC. */
  readonly tz: number
  /** Monotonic milliseconds of this boot. */
  readonly mono: number
  readonly src: ClockSource
  /** Milliseconds to add to `at` for corrected time; absent when unknown. */
  readonly offset?: number
  readonly body: FactBody
  readonly place?: Place
  readonly consent?: readonly string[]
  readonly priority?: 0 | 1 | 2
  /** trade only: hash of the record before, "" for the first. */
  readonly prev?: string
}

/** A stored fact's address. */
export interface FactRef {
  readonly stream: string
  readonly seq: number
}

/** What a kind of fact is and who may send it. */
export interface FactKind {
  readonly lane: Lane
  readonly scopes: readonly KeyKind[]
}

const everyone: readonly KeyKind[] = ['publishable', 'terminal', 'secret', 'staff']
const shop: readonly KeyKind[] = ['terminal', 'secret', 'staff']
const observe: FactKind = { lane: 'observe', scopes: everyone }
const trade: FactKind = { lane: 'trade', scopes: shop }

/** The names of {@link factKinds}. */
export type FactName =
  | 'Facts Lost'
  | 'Stream Ended'
  | 'Consent Recorded'
  | 'Receipt Issued'
  | 'Order Completed'
  | 'Order Refunded'
  | 'Return Accepted'
  | 'Coupon Redeemed'
  | 'Coupon Reversed'
  | 'Points Redeemed'
  | 'Price Mismatch Reported'
  | 'Identity Linked'
  | 'Visitor Left'
  | 'Session Started'
  | 'Page Viewed'
  | 'Screen Viewed'
  | 'Products Searched'
  | 'Product List Viewed'
  | 'Product Clicked'
  | 'Product Viewed'
  | 'Product Added'
  | 'Product Removed'
  | 'Cart Viewed'
  | 'Checkout Started'
  | 'Coupon Claimed'
  | 'Coupon Applied'
  | 'Coupon Denied'
  | 'Promotion Viewed'
  | 'Promotion Clicked'
  | 'QR Scanned'
  | 'Store Entered'
  | 'Shelf Price Shown'

/**
 * Every kind the hub knows. Names follow Segment's e-commerce specification (object, past participle) and omokit's own
 * in the same form. Anything else is refused as `unknown-kind`, but for the brand's own `x:` kinds in observe.
 */
export const factKinds: Readonly<Record<FactName, FactKind>> & Readonly<Record<string, FactKind | undefined>> = {
  // about the streams themselves
  'Facts Lost': { lane: 'observe', scopes: everyone }, // allowed in either lane, about its own stream
  'Stream Ended': { lane: 'trade', scopes: everyone },
  // trade
  'Consent Recorded': { lane: 'trade', scopes: everyone },
  'Receipt Issued': trade,
  'Order Completed': trade,
  'Order Refunded': trade,
  'Return Accepted': trade,
  'Coupon Redeemed': trade,
  'Coupon Reversed': trade,
  'Points Redeemed': trade,
  'Price Mismatch Reported': trade,
  // identity
  'Identity Linked': observe,
  'Visitor Left': observe, // logout
  // browsing and buying
  'Session Started': observe,
  'Page Viewed': observe,
  'Screen Viewed': observe,
  'Products Searched': observe,
  'Product List Viewed': observe,
  'Product Clicked': observe,
  'Product Viewed': observe,
  'Product Added': observe,
  'Product Removed': observe,
  'Cart Viewed': observe,
  'Checkout Started': observe,
  'Coupon Claimed': observe,
  'Coupon Applied': observe,
  'Coupon Denied': observe,
  'Promotion Viewed': observe,
  'Promotion Clicked': observe,
  'QR Scanned': observe,
  'Store Entered': observe,
  'Shelf Price Shown': observe,
}

/** Body of `Facts Lost`: numbers of this stream that will never come, and why. */
export interface FactsLostBody extends FactBody {
  /** Inclusive ranges. */
  readonly ranges: readonly (readonly [number, number])[]
  readonly cause: 'abandoned' | 'evicted' | 'corrupt'
}

/** Body of `Stream Ended`: the stream holds nothing above `through`; `purged` of its facts were deleted unsent. */
export interface StreamEndedBody extends FactBody {
  readonly stream: string
  readonly through: number
  readonly purged: number
}

/** `POST /v1/facts`. The facts stand in the body as the very bytes that were stored and hashed. */
export interface FactsRequest {
  readonly stream: string
  readonly lane: Lane
  /** Device time of sending, milliseconds. */
  readonly sent_at: number
  /** Highest number this device has given out in the stream. */
  readonly head: number
  /** Ascending by seq; at most 500. */
  readonly facts: readonly Fact[]
}

/** The answer to {@link FactsRequest}: `through` and below may be deleted, but for `except`, which go to quarantine. */
export interface FactsResponse {
  readonly through: number
  readonly except: readonly { readonly seq: number; readonly code: IssueCode }[]
  /** Hub time, milliseconds. */
  readonly server_time: number
  /** Numbers below the highest seen that the hub misses. */
  readonly gaps?: readonly (readonly [number, number])[]
  /** Taken, but with a doubt: clock-far, chain-broken. */
  readonly flags?: readonly { readonly seq: number; readonly code: IssueCode }[]
  /** The stream was seen with two contents for one number: stop sending, start a new one. */
  readonly fork?: boolean
}
