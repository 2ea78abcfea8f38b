import type { Clock, Issue, Place, Ports } from '@omokit/core'
import { createOutbox, type FlushReport, type Outbox, type OutboxLimits } from '@omokit/core/outbox'
import { createMemberCodes, type Consent, type Identity } from '@omokit/identity'
import type { SessionOptions, Tracker, TrackerPlugin } from '@omokit/tracker'
import { composeCore } from './compose-core'

/** What every preset for shoppers takes, beside its ports. */
export interface CoreOptions {
  /** Base URL of the hub, without a trailing slash. */
  readonly hub: string
  /** A publishable key of the brand: `pk_…`. */
  readonly key: string
  readonly place?: Place | (() => Place)
  /** A kiosk or store tablet: nobody is joined to it, consent ends at logout. */
  readonly shared?: boolean
  /** What happens to `track` before a choice: dropped (default), or held in memory until there is one. */
  readonly hold?: 'drop' | 'memory'
  readonly session?: SessionOptions
  /** What sees events before and after they are stored: a scrubber, a plan's check, sampling, a destination. */
  readonly plugins?: readonly TrackerPlugin[]
  readonly limits?: OutboxLimits
  /** Everything that went wrong, and what was done about it. */
  readonly onIssue?: (issue: Issue) => void
}

/** Events under consent, and who is here. */
export interface OmokitCore<P = Ports, O = Outbox> {
  readonly ports: P
  readonly clock: Clock
  readonly outbox: O
  readonly identity: Identity
  readonly tracker: Tracker
  readonly consent: Consent
  readonly track: Tracker['track']
  readonly login: Identity['login']
  readonly logout: Identity['logout']
  /** Reads the stored choice and sends what an earlier page left. The first event does the same; without either nothing runs. */
  start(): Promise<void>
  /** Sends now what is stored. */
  flush(): Promise<FlushReport>
  /** Ends listening and sending; stored facts stay for the next start. */
  stop(): Promise<void>
}

/** Tracker and identity on one outbox: the smallest useful omokit. Creating it touches nothing; before a choice nothing is stored or sent. */
export function createOmokitCore(options: CoreOptions & { readonly ports: Ports }): OmokitCore {
  return composeCore(Object.assign({ codes: createMemberCodes }, options), (clock, memberToken) =>
    // a shopper's journal is for linking only: what was confirmed must not stay on the device
    createOutbox(Object.assign({}, options, { clock, memberToken, limits: Object.assign({ journal: 1 }, options.limits) })),
  )
}
