import type { Faults } from './faults'
import type { Random } from './random'
import type { Schedule } from './schedule'
import type { Trace } from './trace'

/** What the parts of a world share. */
export interface Stage {
  readonly random: Random
  readonly schedule: Schedule
  readonly trace: Trace
  /** As they are now: none after heal. */
  faults: Faults
  healed: boolean
  note(actor: string, what: string): void
  /** A program threw where nobody catches: the run ends with it. */
  uncaught(actor: string, error: unknown): void
}

/** Draws for one occasion; draws even when the rate is 0, so that switching one fault off moves nothing else. */
export const strikes = (stage: Stage, rate: number): boolean => stage.random.next() < rate
