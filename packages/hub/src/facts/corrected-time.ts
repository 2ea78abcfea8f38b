import type { Fact } from '@omokit/core'

const day = 86_400_000
const far = 400 * day
/** Below this the difference of clocks is not told from transit time. */
const quantum = 5 * 60_000

/** A fact's time as the hub understands it. */
export interface FactTime {
  /** Null when no estimate is worth anything. */
  readonly corrected: number | null
  /** The device clock is more than 400 days off. */
  readonly far: boolean
}

/**
 * Corrected time of a fact: the device's own offset where it saw a server, else the difference between the device's time
 * of sending and the hub's at receipt, when that is too big to be transit. Never later than receipt.
 */
export function correctedTime(fact: Fact, sentAt: number, receivedAt: number): FactTime {
  const skew = receivedAt - sentAt
  const shift = fact.offset ?? (Math.abs(skew) > quantum ? skew : 0)
  const corrected = Math.round(Math.min(fact.at + shift, receivedAt))
  return { corrected: Math.abs(corrected - receivedAt) > far ? null : corrected, far: Math.abs(fact.at - receivedAt) > far }
}
