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
  /** A name of `factKinds`, or `x:` and the brand's own name (observe only). */
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
