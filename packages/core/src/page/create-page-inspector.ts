import { refOf } from '../outbox/inspect'
import type { Aside } from '../outbox/ledger'
import type { Outbox, QuarantinedFact, StreamStats } from '../outbox/outbox'
import type { ShopperPorts } from './page-ports'
import type { PageStream } from './page-stream'
import { isTradeStream } from '../outbox/trade-stream'

/**
 * A look at what the outboxes of a page hold, for support and development: apart, so that pages which do not look do not carry it.
 * Of the stream a page still writes to, `head` is the highest number that is stored.
 *
 * @example
 * const shop = createOmokitCore({ brand, hub, key })
 * const { quarantined } = await createPageInspector(shop.ports).stats()
 */
export function createPageInspector({ records, kv, names }: ShopperPorts): Pick<Outbox, 'discard' | 'quarantine' | 'stats'> {
  return {
    async stats() {
      const streams: StreamStats[] = []
      for (const stream of await records.streams()) {
        const { acked = 0 } = ((await records.get('a/' + stream)) || {}) as Partial<PageStream>
        const held = await records.read(stream, acked + 1, 1e9, 1e9)
        const head = held.reduce((_, { seq }) => seq, acked)
        if (head) streams.push({ stream, lane: isTradeStream(stream) ? 'trade' : 'observe', head, acked, pending: held.length })
      }
      const [pending, quarantined] = await records.count()
      return { streams, pending, quarantined }
    },
    async quarantine() {
      const facts: QuarantinedFact[] = []
      for (const name of await names('q/')) {
        const aside = (await records.get('q/' + name)) as Aside | undefined
        if (aside) facts.push(Object.assign(refOf(name), aside))
      }
      return facts
    },
    discard: ({ stream, seq }) => kv.del(`q/${stream}.${seq}`),
  }
}
