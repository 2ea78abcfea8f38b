import { checkCount, type Refusal } from '../result'

/** Visits of a window of time, and how many of them bought. */
export interface Visits {
  readonly conversions: number
  readonly visits: number
}

/** What is wrong with a window, or nothing. */
export const checkVisits = ({ conversions, visits }: Visits, least = 0): Refusal | undefined =>
  checkCount('visits', visits, least) || checkCount('conversions', conversions, least, visits)
