import type { FactBody, FactRef, Ids, Place } from '@omokit/core'

/** What is known of an event beside its body. */
export interface PluginContext extends Ids {
  /** Absent without consent to "analytics". */
  readonly session?: string
  readonly place?: Place | undefined
  /** Whether another purpose is granted right now. */
  readonly may: (purpose: string) => boolean | undefined
}

/** An event that the device keeps. */
export interface StoredEvent extends PluginContext {
  readonly event: string
  /** As it was stored: ids and session in it. */
  readonly body: FactBody
  readonly ref: FactRef
}

/** Stands between `track` and the outbox. */
export interface TrackerPlugin {
  /** Names it in issues. */
  readonly name: string
  /**
   * Sees every body that consent allows, `Session Started` too, and answers the one to store, or undefined to drop the event. Plugins are asked in
   * their order, each with the answer of the one before. What throws drops the event: a scrubber that failed has scrubbed nothing.
   */
  readonly before?: (event: string, body: FactBody, context: PluginContext) => FactBody | undefined
  /** Sees what was stored, later and apart: what it throws or rejects goes to `onIssue` (its code, else `invalid`; path: its name) and to nobody else. */
  readonly after?: (stored: StoredEvent) => unknown
}
