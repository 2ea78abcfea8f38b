import type { Fact, IssueCode, Lane } from '@omokit/core'
import type { HubKey } from '../keys/hub-key'
import type { Trx } from '../store/store'

/** Who brings a batch. */
export interface FactSender {
  readonly key: HubKey
  /** Members whose session tokens came with the batch: in its header or as proof inside a link. */
  readonly members: ReadonlySet<string>
}

/** A fact that was stored in this transaction. */
export interface TakenFact {
  readonly stream: string
  readonly seq: number
  readonly lane: Lane
  readonly fact: Fact
  /** Its exact bytes. */
  readonly text: string
  readonly hash: string
  /** Hub time of first receipt, milliseconds. */
  readonly receivedAt: number
  /** Best estimate of true time; null where none can be made. */
  readonly correctedAt: number | null
  readonly from: FactSender
}

/**
 * Does what a kind of fact means, in the transaction that stores it: both happen or neither. A consumer sees each fact
 * once, in the order of its stream, and must not fail on any body that its `check` let pass.
 */
export interface FactConsumer {
  readonly kinds: readonly string[]
  /** Why this body is not taken from this sender; the fact is then answered in `except`. Pure. */
  check?(fact: Fact, from: FactSender): IssueCode | undefined
  take(trx: Trx, brand: string, facts: readonly TakenFact[]): Promise<void>
}
