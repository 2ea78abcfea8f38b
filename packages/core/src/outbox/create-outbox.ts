import { createEngine } from './engine'
import { quarantineOf, readTrade, statsOf } from './inspect'
import { observeLane } from './lane-kind'
import type { Outbox, OutboxOptions } from './outbox'
import { rotate } from './rotate'
import { tradeLane } from './trade-lane'

/**
 * Makes the durable way out of facts; see {@link Outbox} for what it promises. Nothing is touched before the first call.
 *
 * @example
 * const outbox = createOutbox({ ports, clock: createClock({ time: ports.time, kv: ports.kv }), hub: 'https://hub.example', key })
 * outbox.start()
 * await outbox.append({ kind: 'Order Completed', body: { orderId: 'o-1', total: 1999, currency: 'CNY' } })
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { journal = 1000 } = options.limits || {}
  const engine = createEngine(options, [tradeLane(journal), observeLane])
  const { append, flush, start, stop, ports } = engine
  return {
    append,
    flush,
    start,
    stop,
    rotate: ({ purge = false } = {}) => rotate(engine, purge),
    stats: () => statsOf(engine),
    readTrade: (from) => readTrade(engine, from),
    quarantine: () => quarantineOf(engine),
    discard: ({ stream, seq }) => ports.kv.del(`q/${stream}.${seq}`),
  }
}
