import type { LayerClock } from './layer-clock'

/** Whether the code of a layer runs: everything that enters it from outside goes through here. */
export interface Pulse {
  readonly state: 'runs' | 'frozen' | 'dead'
  /** Runs `work` now; while frozen it waits for the thaw, and dead it never runs. */
  enter(work: () => void): void
  /** As `enter`, after `ms`; answers what cancels it. */
  after(ms: number, work: () => void): () => void
  freeze(): void
  thaw(): void
  kill(): void
  /** Throws in a dead layer: its calls reach nobody. */
  check(): void
}

export function createPulse(clock: LayerClock, onFault: (fault: unknown) => void): Pulse {
  let state: Pulse['state'] = 'runs'
  let waiting: (() => void)[] = []
  const run = (work: () => void): void => {
    try {
      work()
    } catch (fault) {
      if (fault !== layerKilled) onFault(fault)
    }
  }
  const pulse: Pulse = {
    get state() {
      return state
    },
    enter(work) {
      if (state === 'runs') run(work)
      else if (state === 'frozen') waiting.push(work)
    },
    after(ms, work) {
      let off = false
      const cancel = clock.timer.after(ms, () => pulse.enter(() => off || work()))
      return () => {
        off = true
        cancel()
      }
    },
    freeze() {
      if (state === 'runs') state = 'frozen'
    },
    thaw() {
      if (state !== 'frozen') return
      state = 'runs'
      const late = waiting
      waiting = []
      late.forEach(run)
    },
    kill() {
      state = 'dead'
      waiting = []
    },
    check() {
      if (state === 'dead') throw layerKilled
    },
  }
  return pulse
}

const layerKilled = new Error('this logic layer was killed')
