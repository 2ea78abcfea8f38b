import type { Commands } from '@omokit/core/commands'
import type { Outbox } from '@omokit/core/outbox'
import type { Kv, Net } from '@omokit/core'
import type { Progress } from './progress'

/** What a replay works with: the SDK's own outbox and commands, and the hub's reports. */
export interface ReplayOptions {
  /** The data set's file or folder. */
  readonly path: string
  readonly outbox: Outbox
  readonly commands: Commands
  /** Remembers how far this file was taken in, across runs. */
  readonly kv: Kv
  readonly net: Net
  /** Base URL of the hub and a secret key of the brand. */
  readonly hub: string
  readonly key: string
  readonly progress: Progress
}

/** Rows that could not be taken, beside the data set's own totals. */
export interface ReplayReport {
  readonly totals: Readonly<Record<string, unknown>>
  readonly bad: { readonly count: number; readonly named: readonly string[] }
}
