import type { Time, Timer } from '../ports'

/** The clocks of a page. */
export const webTime: Time = { now: () => Date.now(), mono: () => performance.now(), zone: () => -new Date().getTimezoneOffset() }

/** Its timers: more than 31 bits would fire at once. */
export const webTimer: Timer = {
  after(ms, run) {
    const id = setTimeout(run, Math.min(ms, 0x7fffffff))
    return () => clearTimeout(id)
  },
}
