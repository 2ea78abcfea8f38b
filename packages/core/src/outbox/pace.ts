import type { Ports } from '../ports'
import { backoff } from './backoff'
import type { OutboxLimits } from './outbox'
import type { Tally } from './sender'

export interface PaceOptions {
  readonly ports: Pick<Ports, 'time' | 'timer'>
  /** Uniform in [0, 1). */
  readonly random: () => number | Promise<number>
  readonly limits: Pick<OutboxLimits, 'linger' | 'maxBackoff'>
  /** Sends everything once; what goes wrong stands in the tally. Never rejects. */
  readonly sendAll: (tally: Tally) => Promise<void>
}

/** When to send: soon after a fact, at once when asked, later and later while it fails, and never while the hub wants peace. */
export interface Pace {
  /** Sends now, one pass at a time. */
  pass(): Promise<Tally>
  /** There is something to send. */
  wake(): void
  /** From here on it sends by itself. False when it did so already or is over. */
  start(): boolean
  /** Nothing is sent any more. False when it was over already. */
  stop(): boolean
  readonly over: () => boolean
  /** Nothing may be sent now: it is over, or the hub asked to be left alone. */
  readonly quiet: () => boolean
}

export function createPace({ ports, random, limits, sendAll }: PaceOptions): Pace {
  const { linger = 1000, maxBackoff = 300_000 } = limits
  const { time, timer } = ports
  let started = false
  let closed = false
  let cancel: (() => void) | undefined
  let failures = 0
  /** Monotonic time before which the hub asked to be left alone. */
  let notBefore = 0
  /** The pass under way: what it was told holds before it has ended. */
  let running: Partial<Tally> = {}
  let passing = Promise.resolve() as Promise<unknown> as Promise<Tally>

  const unschedule = (): void => {
    if (cancel) cancel()
    cancel = undefined
  }

  const schedule = (ms: number): void => {
    if (started && !closed && !cancel)
      cancel = timer.after(ms, () => {
        cancel = undefined
        void pass()
      })
  }

  const run = async (): Promise<Tally> => {
    const tally: Tally = (running = { sent: 0, acked: 0 })
    const wait = notBefore - time.mono()
    if (closed) tally.issue = { code: 'closed' }
    else if (wait > 0) {
      schedule(wait)
      tally.issue = { code: 'rate-limited', need: wait }
    } else {
      unschedule()
      await sendAll(tally)
      const { issue, pause = 0 } = tally
      if (issue) {
        unschedule()
        notBefore = time.mono() + pause
        // at 401 and 403 only a new key or a new scope will help
        schedule(pause || (issue.have === 401 || issue.have === 403 ? maxBackoff : backoff(failures++, 2 * (linger || 500), maxBackoff, await random())))
      } else failures = 0
    }
    running = {}
    return tally
  }

  const pass = (): Promise<Tally> => (passing = passing.then(run))

  return {
    pass,
    wake: () => schedule(linger),
    start() {
      const first = !started && !closed
      started = true
      // what an earlier life left
      schedule(linger)
      return first
    },
    stop() {
      const first = !closed
      closed = true
      unschedule()
      return first
    },
    over: () => closed,
    quiet: () => closed || !!running.pause || notBefore > time.mono(),
  }
}
