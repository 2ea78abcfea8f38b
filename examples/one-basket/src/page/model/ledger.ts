import type { Outbox } from '@omokit/core/outbox'
import type { DemoState } from '../../demo-config'

/** Facts of one device: what it still has to send and what the hub says it has. */
export interface Account {
  /** Not confirmed yet, by the device's own journal. */
  readonly pending: number
  /** Stored at the hub, by the hub's own count. */
  readonly confirmed: number
  /** Numbers that the hub misses. */
  readonly missing: number
}

/** Puts a device's own journal beside what the hub knows of its streams. */
export async function accountOf(outbox: Outbox, hub: DemoState): Promise<Account> {
  const { streams, pending } = await outbox.stats()
  const own = hub.streams.filter(({ stream }) => streams.some((known) => known.stream === stream))
  return { pending, confirmed: own.reduce((sum, { stored }) => sum + stored, 0), missing: own.reduce((sum, { missing }) => sum + missing, 0) }
}
