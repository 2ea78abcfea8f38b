import { createEngine } from './engine'
import { evictOldest } from './evict-oldest'
import { observeLane } from './lane-kind'
import type { OutboxOptions, SlimOutbox } from './outbox'

/**
 * As `createOutbox`, for events alone: without the trade lane, without `rotate` and without a look inside. For pages that
 * record what visitors do and nothing about money; facts of trade the hub refuses one by one.
 *
 * @example
 * const outbox = createSlimOutbox({ ports, clock: createSlimClock(ports.time), hub: 'https://hub.example', key })
 * outbox.start()
 * await outbox.append({ kind: 'Product Viewed', body: { sku: 'cola' } })
 */
export function createSlimOutbox(options: OutboxOptions): SlimOutbox {
  const { append, flush, start, stop } = createEngine(options, [observeLane], evictOldest)
  return { append, flush, start, stop }
}
