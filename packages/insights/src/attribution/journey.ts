import { check, checkAmount, checkCount, checkEach, type Refusal } from '../result'

/** A path of touches and what came of it. Rows of equal paths may be given together, with their counts. */
export interface Journey {
  /** Channels in the order of time; never empty: give an order without a known touch a channel of its own, `(unmatched)`. */
  readonly path: readonly string[]
  /** Time from each touch to the conversion, milliseconds, in the order of `path`; for the model `decay` only. */
  readonly agesMs?: readonly number[]
  /** How often the path ended in a conversion. Default 1. */
  readonly conversions?: number
  /** What these conversions brought together, minor units. Default 0. */
  readonly value?: number
  /** How often the path ended without one. Default 0. */
  readonly nulls?: number
}

/** What one channel is credited with. */
export interface ChannelCredit {
  readonly channel: string
  /** Not rounded: a share of a conversion is a fraction. */
  readonly conversions: number
  /** Whole minor units; all channels together give the value of all journeys exactly. */
  readonly value: number
}

/** What is wrong with journeys, or nothing. */
export const checkJourneys = (journeys: readonly Journey[]): Refusal | undefined =>
  checkEach(
    'journeys',
    journeys,
    ({ path, conversions = 1, value = 0, nulls = 0 }) =>
      check('path', path.length, path.length > 0, 'at least one channel') ||
      check('conversions', conversions, conversions >= 0, '>= 0') ||
      checkAmount('value', value) ||
      checkCount('nulls', nulls),
  )
