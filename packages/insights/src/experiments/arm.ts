import { checkCount, type Refusal } from '../result'

/** One arm of an experiment: how many saw it, and how many of them did what is asked. */
export interface Arm {
  readonly successes: number
  /** At least 1 where a rate is compared. */
  readonly trials: number
}

/** What is wrong with an arm, or nothing. */
export const checkArm = ({ successes, trials }: Arm, least = 1): Refusal | undefined =>
  checkCount('trials', trials, least) || checkCount('successes', successes, 0, trials)
