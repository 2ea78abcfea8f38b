import type { FactBody, Result } from '@omokit/core'
import type { ConsentState } from './consent-machine'
import type { IdentityRecord } from './identity-record'
import { separate, type Purpose } from './purposes'

/** A choice and the version of the text the person saw. */
export interface ChoiceOptions {
  readonly text?: string
}

/**
 * Consent as a person gives and takes it. Each call resolves when the choice is stored and its receipt is durable. From
 * the moment of the call nothing more is recorded for a purpose that was refused or withdrawn.
 */
export interface Consent {
  /** "unset" also while the stored choice is still being read: see `Identity.ready`. */
  state(): ConsentState
  /** Grants the purposes named. The separate ones (PIPL 23, 24, 39) each make a receipt of their own. Unknown ones are refused: `invalid`. */
  grant(purposes: readonly Purpose[], options?: ChoiceOptions): Promise<Result<readonly Purpose[]>>
  /** "Accept all": everything but the purposes that need a separate consent. */
  grantAll(options?: ChoiceOptions): Promise<Result<readonly Purpose[]>>
  /** Refuses everything. */
  deny(options?: ChoiceOptions): Promise<Result<readonly Purpose[]>>
  /** Takes back the purposes named, or all. Visitor id, session and unsent facts go. */
  withdraw(purposes?: readonly Purpose[], options?: ChoiceOptions): Promise<Result<readonly Purpose[]>>
}

/** When a person decided, and about which text. */
export interface Decided {
  readonly decided: number
  readonly text?: string | undefined
}

/** Who decided, as far as consent lets it be said. */
type Decider = Pick<IdentityRecord, 'anonId' | 'userId'>

/** Body of `Consent Recorded`. */
export const receiptOf = (granted: boolean, purposes: readonly Purpose[], when: Decided, ids: Decider = {}): FactBody =>
  Object.assign<FactBody, Decided, Decider>({ type: 'consent', granted, purposes }, when, ids)

/** The receipts of a grant: one for what was asked together, one for each purpose that needs a consent of its own. */
export const receiptsOf = (purposes: readonly Purpose[], when: Decided, ids: Decider): FactBody[] =>
  [purposes.filter((p) => separate.indexOf(p) < 0)]
    .concat(purposes.filter((p) => separate.indexOf(p) >= 0).map((p) => [p]))
    .filter((some) => some.length)
    .map((some) => receiptOf(true, some, when, ids))
