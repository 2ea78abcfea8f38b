import type { Entropy } from '../ports'

/**
 * Milliseconds to wait before attempt `attempt` (0 for the first repeat): full jitter, uniform below an exponential that
 * stops at `cap`, so that no number of failures can overflow a timer and no two devices keep step.
 *
 * @param random uniform in [0, 1)
 */
export const backoff = (attempt: number, base: number, cap: number, random: number): number => Math.min(cap, base * 2 ** Math.min(attempt, 30)) * random

/** Uniform in [0, 1), in 256 steps; the middle when there is no randomness to be had. */
export const jitter = (entropy: Entropy): Promise<number> =>
  entropy.fill(1).then(
    ([byte]) => (byte as number) / 256,
    () => 0.5,
  )
