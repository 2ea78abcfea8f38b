import type { ClockSource } from './facts'
import type { Kv, Time } from './ports'

/** A reading of the corrected clock. */
export interface ClockReading {
  /** Best estimate of true time, milliseconds. */
  readonly now: number
  /** The device's own wall clock, milliseconds. */
  readonly device: number
  readonly mono: number
  readonly source: ClockSource
  /** `now - device` when known. */
  readonly offset?: number
}

/**
 * Time as far as it can be known on a device with a wrong clock.
 * `server`: a server time was seen in this boot and the wall clock has not jumped since. `server+mono`: the wall clock
 * jumped, the monotonic clock carries the last server time on. `floor`: only the last signed or server time is known and
 * the device claims an earlier one. `device`: nothing better than the device's word.
 */
export interface Clock {
  read(): ClockReading
  /** Takes in a server time received for a request sent at monotonic `sentMono`; half the round trip is allowed for. */
  observe(serverTime: number, sentMono: number): void
  /** Takes in a signed time (a release's valid_from): true time is not before it. */
  floor(time: number): void
}

export interface ClockOptions {
  readonly time: Time
  /** Keeps floor and offset across restarts when given; nothing is written before the first `observe` or `floor`. */
  readonly kv?: Kv
}
