import { createSlimClock, type Clock, type Issue, type Place, type Ports } from '@omokit/core'
import { createOutbox, type FlushReport, type Outbox, type OutboxLimits } from '@omokit/core/outbox'
import { createIdentity, type Consent, type Identity } from '@omokit/identity'
import { createTracker, type SessionOptions, type Tracker, type TrackerPlugin } from '@omokit/tracker'

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
export interface OmokitCore {
  readonly ports: Ports
  readonly clock: Clock
  readonly outbox: Outbox
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
  const { ports } = options
  // the clock of a shopper keeps nothing: before consent nothing may be written
  const clock = createSlimClock(ports)
  const outbox = createOutbox(
    Object.assign({}, options, {
      clock,
      memberToken: () => identity.memberToken(),
      // a shopper's journal is for linking only: what was confirmed must not stay on the device
      limits: Object.assign({ journal: 1 }, options.limits),
    }),
  )
  const identity: Identity = createIdentity(Object.assign({}, options, { clock, outbox }))
  const { consent } = identity
  const chosen = (): boolean => consent.state() !== 'unset'
  identity.onChange(() => {
    if (chosen()) outbox.start()
  })
  const tracker = createTracker(
    Object.assign({}, options, {
      place: options.place || { channel: 'web' },
      outbox,
      clock,
      kv: ports.kv,
      ready: identity.ready,
      who: identity.ids,
      may: identity.may,
      granted: identity.granted,
      onConsent: identity.onChange,
    }),
  )
  return {
    ports,
    clock,
    outbox,
    identity,
    tracker,
    consent,
    track: tracker.track,
    login: identity.login,
    logout: identity.logout,
    flush: outbox.flush,
    async start() {
      await identity.ready()
      if (chosen()) void outbox.flush()
    },
    stop() {
      identity.stop()
      return outbox.stop()
    },
  }
}
