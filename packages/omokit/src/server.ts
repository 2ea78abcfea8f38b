import { createClock, type Clock, type Issue, type Place, type Ports } from '@omokit/core'
import type { SigningKey } from '@omokit/core/documents'
import { createOutbox, type FlushReport, type Outbox, type OutboxLimits } from '@omokit/core/outbox'
import { createTracker, type Tracker, type TrackerPlugin } from '@omokit/tracker'
import { createShop, type Shop } from './shop'

/** Options of a brand's server, beside its ports. */
export interface ServerOptions {
  /** Base URL of the hub, without a trailing slash. */
  readonly hub: string
  /** A secret key of the brand: `sk_…`. */
  readonly key: string
  readonly keys?: readonly SigningKey[]
  /** ISO 4217, for releases that do not state theirs. */
  readonly currency?: string
  readonly place?: Place
  readonly limits?: OutboxLimits
  /** What sees events before and after they are stored: a scrubber, a plan's check, a destination. */
  readonly plugins?: readonly TrackerPlugin[]
  readonly onIssue?: (issue: Issue) => void
}

/** The brand's own server: orders, returns, quotes, coupons of any member. Consent is the server's business: it sends only what it may. */
export interface Server extends Shop {
  readonly ports: Ports
  readonly clock: Clock
  readonly outbox: Outbox
  readonly tracker: Tracker
  readonly track: Tracker['track']
  start(): Promise<void>
  flush(): Promise<FlushReport>
  stop(): Promise<void>
}

/** A server on ports of one's own. Creating it touches nothing. */
export function createServer(options: ServerOptions & { readonly ports: Ports }): Server {
  const { ports, hub, key, keys, currency, onIssue } = options
  const place: Place = options.place ?? { channel: 'server' }
  const report = onIssue && { onIssue }
  const clock = createClock({ time: ports.time, kv: ports.kv })
  const outbox = createOutbox({ ports, clock, hub, key, ...report, ...(options.limits && { limits: options.limits }) })
  const tracker = createTracker({ outbox, clock, place, who: () => ({}), may: () => true, ...report, ...(options.plugins && { plugins: options.plugins }) })
  const shop = createShop({ ports, clock, hub, key, place: () => place, ...report, ...(keys && { keys }), ...(currency && { currency }) })
  return {
    ...shop,
    ports,
    clock,
    outbox,
    tracker,
    track: tracker.track,
    flush: outbox.flush,
    async start() {
      outbox.start()
      await shop.pricing.start()
      void outbox.flush()
    },
    stop() {
      shop.pricing.stop()
      return outbox.stop()
    },
  }
}
