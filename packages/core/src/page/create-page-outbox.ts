import type { Clock } from '../clock'
import type { Issue } from '../issues'
import type { OutboxLimits, SlimOutbox } from '../outbox/outbox'
import { createPageEngine } from './page-engine'
import type { PagePorts } from './page-ports'

/** Options of {@link createPageOutbox}. */
export interface PageOutboxOptions {
  readonly ports: PagePorts
  readonly clock: Clock
  /** Base URL of the hub, without a trailing slash. */
  readonly hub: string
  /** A publishable key of the brand. */
  readonly key: string
  /** Called with everything that went wrong and what was done about it; never throws into the host. */
  readonly onIssue?: (issue: Issue) => void
  /** As of `createOutbox`, but for a default `block` of 128. */
  readonly limits?: Pick<OutboxLimits, 'batch' | 'block' | 'linger' | 'maxBackoff' | 'observeFacts'>
}

/**
 * The durable way out for pages that record events and nothing about money: the promises of `createOutbox` for every event,
 * with a stream per page and no trade lane. What a page leaves, the next page sends. Creating one touches nothing: no storage,
 * no network, no lock, until the first `append` or `start`; `start` reads, and writes only when there is something to send.
 *
 * @example
 * const ports = createPagePorts({ brand: 'demo' })
 * const outbox = createPageOutbox({ ports, clock: createSlimClock(ports), hub: 'https://hub.example', key })
 * outbox.start()
 * await outbox.append({ kind: 'Product Viewed', body: { sku: 'cola' } })
 */
export function createPageOutbox(options: PageOutboxOptions): SlimOutbox {
  return createPageEngine(options)
}
