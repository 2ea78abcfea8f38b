import type { Clock } from '../clock'
import type { FactDraft, FactRef, Lane } from '../facts'
import type { Issue } from '../issues'
import type { Ports } from '../ports'

/** Options of {@link createOutbox}. */
export interface OutboxOptions {
  readonly ports: Ports
  readonly clock: Clock
  /** Base URL of the hub, without a trailing slash. */
  readonly hub: string
  /** Any key of the brand; what it may send is the hub's decision. */
  readonly key: string
  /** Called with everything that went wrong and what was done about it; never throws into the host. */
  readonly onIssue?: (issue: Issue) => void
  readonly limits?: OutboxLimits
  /** A member's brand token for facts that need one (links). Asked before each batch. */
  readonly memberToken?: () => string | undefined
}

export interface OutboxLimits {
  /** Facts per request, default 200, at most 500. */
  readonly batch?: number
  /** UTF-16 units per request, default 200,000. */
  readonly batchBytes?: number
  /** Quota of the observe lane in facts, default 50,000. */
  readonly observeFacts?: number
  /** Quota of the observe lane in UTF-16 units, default 20,000,000. */
  readonly observeBytes?: number
  /** Milliseconds between a fact and the attempt to send it, default 1,000. */
  readonly linger?: number
  /** Longest pause between attempts in milliseconds, default 300,000. */
  readonly maxBackoff?: number
  /**
   * Numbers kept ready ahead of use, default 1,024: what a crash may leave to be stated lost beyond what was used. Where the
   * log cannot journal before it is opened (`LogStore.begin`), also the largest burst inside one task that is journalled at once.
   */
  readonly block?: number
  /** Acknowledged trade records that stay readable by `readTrade`, by number, default 1,000; at least 1, to link to. */
  readonly journal?: number
}

/**
 * The durable way out. Creating one touches nothing: no storage, no network, no lock, until the first `append`.
 *
 * What is promised: a fact whose promise resolved is delivered exactly once by number, or its loss is stated by number.
 */
export interface SlimOutbox {
  /**
   * Numbers and stores a fact. When the call returns the fact is journalled as far as the runtime can do that at once;
   * when the promise resolves it is stored. Money-bearing facts: await before printing the receipt.
   * Rejects with an OmoError (`quota`, `closed`, `wrong-lane`, `unknown-kind`, `too-large`); a caller that does not
   * await hears of it through `onIssue`.
   */
  append(draft: FactDraft): Promise<FactRef>
  /** Sends now what is stored, trade first, and says what came of it. Never rejects. */
  flush(): Promise<FlushReport>
  /** Starts to send by itself (after facts, on show, online and by back-off). Idempotent. */
  start(): void
  /** Stops sending and releases locks; stored facts stay. Later appends reject with `closed`. */
  stop(): Promise<void>
}

/** A {@link SlimOutbox} with the trade lane, the ending of streams, and a look inside. */
export interface Outbox extends SlimOutbox {
  /** Ends the current observe stream (logout, withdrawal): the next observe fact opens a new one. With `purge` its unsent facts are deleted and stated in trade. */
  rotate(options?: { readonly purge?: boolean }): Promise<void>
  stats(): Promise<OutboxStats>
  /** The records of this device's own trade stream that are still held, oldest first, parsed. The till's journal. */
  readTrade(from?: number): Promise<readonly StoredFact[]>
  /** Facts the hub refused or that could not be read again: kept until you drop them. */
  quarantine(): Promise<readonly QuarantinedFact[]>
  /** Forgets a fact in quarantine. */
  discard(fact: FactRef): Promise<void>
}

export interface StoredFact {
  readonly stream: string
  readonly seq: number
  /** The record's exact text. */
  readonly text: string
  readonly fact: import('../facts').Fact
}

export interface QuarantinedFact {
  readonly stream: string
  readonly seq: number
  readonly code: string
  readonly text: string
}

export interface FlushReport {
  readonly sent: number
  /** Facts the hub has, of those sent now. */
  readonly acked: number
  readonly pending: number
  readonly quarantined: number
  /** Why sending stopped early, if it did. */
  readonly issue?: Issue
}

export interface OutboxStats {
  readonly streams: readonly StreamStats[]
  readonly pending: number
  readonly quarantined: number
}

export interface StreamStats {
  readonly stream: string
  readonly lane: Lane
  /** Highest number given out. */
  readonly head: number
  /** Highest number the hub confirmed. */
  readonly acked: number
  readonly pending: number
}
