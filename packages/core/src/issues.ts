/**
 * Every code omokit may answer with. Closed: a new code needs a row in the text table (`@omokit/core/texts`) and a test.
 * Codes are stable across versions; texts are not.
 */
export type IssueCode =
  // requests, keys and scopes
  | 'malformed' // the bytes are not what the endpoint takes
  | 'too-large' // a body, document or value over its cap
  | 'too-deep' // nesting over the cap
  | 'too-many' // more elements than the cap
  | 'duplicate-key' // a JSON object names one key twice
  | 'invalid' // a field has the wrong type or range; `path` names it
  | 'unknown-option' // an option createX does not know; `need` names the nearest
  | 'unauthorised' // no key, or an unknown or revoked one
  | 'forbidden' // the key's scope does not reach this
  | 'brand-mismatch' // an id, key or document of another brand
  | 'live-key-refused' // a key marked live on a store that is not for live data
  | 'not-found'
  | 'rate-limited' // `need` = milliseconds to wait
  | 'unavailable' // no network, or the hub cannot answer now: safe to try again
  | 'timeout'
  | 'key-reused' // same idempotency key, other payload
  // facts
  | 'unknown-kind'
  | 'wrong-lane'
  | 'clock-far' // the device clock is years off: taken, but flagged
  | 'stream-fork' // one number of a stream was seen with two contents
  | 'chain-broken' // a trade record does not carry the hash of the one before
  | 'undecodable'
  | 'quota' // the device's storage is full
  | 'closed' // the object was stopped
  // money
  | 'not-an-amount' // not a safe integer of minor units, or above 1e13
  | 'unknown-currency'
  | 'currency-mismatch'
  // documents
  | 'bad-signature'
  | 'bad-hash'
  | 'unknown-key-id'
  | 'wrong-scope'
  | 'older-version'
  | 'equivocation' // one version, two contents
  | 'fast-forward' // a version further ahead than one update may go
  | 'expired-release'
  | 'not-yet-valid'
  | 'shrunk' // empty or much smaller without the signed feature
  | 'unknown-feature'
  | 'base-lost' // a delta on something this device does not hold: fetch
  | 'no-release'
  | 'not-held' // not on this device, and out of reach now: ask again with a network
  // rules
  | 'unknown-rule' // a rule kind this version cannot price: refuse, never misprice
  | 'work-bound' // the book or basket needs more work than allowed
  | 'no-price'
  | 'not-started'
  | 'expired'
  | 'outside-window'
  | 'channel'
  | 'store'
  | 'code-missing'
  | 'code-expired'
  | 'limit-total'
  | 'limit-per-customer'
  | 'excluded-by-exclusive'
  | 'condition-failed'
  | 'budget-exceeded'
  | 'not-best'
  | 'no-effect'
  | 'coupon-limit'
  | 'not-stackable'
  | 'same-group'
  | 'member-price'
  | 'unknown-coupon'
  // authority
  | 'exhausted' // the counter has no more
  | 'not-available' // the item is not in a state that allows this
  | 'already-held'
  | 'already-redeemed'
  | 'already-claimed'
  | 'not-owner'
  | 'hold-expired'
  | 'hold-unknown'
  | 'hold-settled'
  | 'lease-expired'
  | 'lease-exhausted'
  | 'lease-unknown'
  | 'online-only' // this coupon may not be redeemed without the hub
  | 'offline-limit' // the coupon's offline contract is used up
  | 'points-short'
  // identity and consent
  | 'no-consent'
  | 'token-expired'
  | 'token-replayed'
  | 'bad-token'
  | 'blocked-value'
  | 'shared-device'
  | 'contested-anon'
  | 'stale-release' // a quote was made with a release that was no longer current
  | 'receipt-edited' // a receipt's content does not match its seal
  | 'seal-mismatch' // the same basket and release give another seal here
  | 'journal-replayed' // records that were acknowledged long ago came again

/** One reason why something was refused, for machines. Texts come from `@omokit/core/texts`. */
export interface Issue {
  readonly code: IssueCode
  /** Where, as a dotted path or a line number ("lines.2.qty", "row 17"). */
  readonly path?: string
  /** What was there: money in minor units, counts, or the value as text. */
  readonly have?: number | string
  /** What is needed. "Buy 12.00 more" is `need - have`. */
  readonly need?: number | string
}

/** A business answer: a value or the reasons why not. Refusals are never thrown. */
export type Result<T> = { readonly ok: true; readonly value: T } | Refusal

/** The refusing half of a {@link Result}. */
export interface Refusal {
  readonly ok: false
  readonly issues: readonly Issue[]
}

/** Wraps a value as the accepting half of a {@link Result}. */
export const accept = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })

/** Builds a refusal with one issue. */
export function refuse(code: IssueCode, detail?: Omit<Issue, 'code'>): Refusal {
  return { ok: false, issues: [Object.assign({ code }, detail)] }
}

/**
 * A programmer's error or a fault of the surroundings (storage, network). Carries a stable `code`;
 * compare codes, not classes: two bundles on one page may each hold this class.
 */
export class OmoError extends Error {
  declare readonly code: IssueCode
  declare readonly cause: unknown
  constructor(code: IssueCode, message: string, cause?: unknown) {
    super(`${code}: ${message}`)
    this.name = 'OmoError'
    this.code = code
    this.cause = cause
  }
}

/** The stable code of anything caught, or undefined when it is not one of ours. */
export function codeOf(error: unknown): IssueCode | undefined {
  const { name, code } = Object(error) as Partial<OmoError>
  return name === 'OmoError' ? code : undefined
}
