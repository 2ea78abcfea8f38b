/** Caps that are checked before anything is parsed, and rates. */
export interface HubLimits {
  /** Bytes of a body, default 1,000,000. A release pack may have `packBytes`. */
  readonly bodyBytes: number
  /** Bytes of a published pack, default 64,000,000. */
  readonly packBytes: number
  /** Nesting, default 32. */
  readonly depth: number
  /** Facts in one request, default 500. */
  readonly facts: number
  /** UTF-8 bytes of one fact, default 64,000. */
  readonly factBytes: number
  /** Requests per second and burst of one key, default 1,000 and 2,000 (a publishable key is shared by all shoppers). */
  readonly perKey: Rate
  /** Requests per second and burst of one brand, default 2,000 and 4,000. */
  readonly perBrand: Rate
  /** Ranges a stream may leave open before more are refused, default 1,000. */
  readonly openRanges: number
  /** Milliseconds a till may need to fetch a release that is out and valid before its receipt counts as made with a stale one, default 60,000. */
  readonly staleRelease: number
}

/** A token bucket: `perSecond` flow in, at most `burst` are saved. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** What holds when nothing else is said. */
export const defaultLimits: HubLimits = {
  bodyBytes: 1_000_000,
  packBytes: 64_000_000,
  depth: 32,
  facts: 500,
  factBytes: 64_000,
  perKey: { perSecond: 1000, burst: 2000 },
  perBrand: { perSecond: 2000, burst: 4000 },
  openRanges: 1000,
  staleRelease: 60_000,
}
