import { randomBytes } from 'node:crypto'

/** The hub's own edge to the world: wall clock and randomness. Tests and the virtual world pass their own. */
export interface HubEffects {
  /** Milliseconds since the epoch. */
  now(): number
  /** Bytes fit for keys and tokens. */
  random(bytes: number): Uint8Array
  /** Calls `run` every `ms`; returns the function that stops it. */
  every(ms: number, run: () => void): () => void
}

/** The effects of a real process. */
export const processEffects: HubEffects = {
  now: () => Date.now(),
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}
