import type { Time, Timer } from '../ports'

/** A clock that only moves when told to. */
export interface ManualClock {
  readonly time: Time
  readonly timer: Timer
  /** Lets `ms` pass, running what falls due in order; awaits the work each timer sets off. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock alone, as a user or a time server does; the monotonic clock goes on. */
  setWall(now: number): void
  /** The device was restarted: the monotonic clock begins again at 0. */
  reboot(): void
  /** Delayed work not yet run. */
  readonly waiting: number
}

interface Due {
  readonly at: number
  readonly run: () => void
}

/**
 * Time for tests and simulations. Begins at `start` (default 2026-01-01T00:00:00Z) in China's zone.
 */
export function createManualClock(start: number = Date.UTC(2026, 0, 1), zone: number = 480): ManualClock {
  let elapsed = 0
  let wall = start
  let booted = 0
  let dues: Due[] = []

  return {
    time: { now: () => wall + elapsed, mono: () => elapsed - booted, zone: () => zone },
    timer: {
      after(ms, run) {
        const due: Due = { at: elapsed + Math.max(0, ms), run }
        dues.push(due)
        return () => {
          dues = dues.filter((other) => other !== due)
        }
      },
    },
    async advance(ms) {
      const end = elapsed + ms
      for (;;) {
        await quiet()
        const due = dues.reduce<Due | undefined>((first, other) => (other.at <= end && (!first || other.at < first.at) ? other : first), undefined)
        if (!due) break
        dues = dues.filter((other) => other !== due)
        elapsed = Math.max(elapsed, due.at)
        due.run()
      }
      elapsed = end
      await quiet()
    },
    setWall(now) {
      wall = now - elapsed
    },
    reboot() {
      booted = elapsed
    },
    get waiting() {
      return dues.length
    },
  }
}

/** Lets promise chains run out: a macrotask comes after every microtask. */
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
