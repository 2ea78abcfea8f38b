/** The clock a layer's `Date` and timers follow. `createManualClock()` of `@omokit/core/memory` is one. */
export interface LayerClock {
  readonly time: { now(): number }
  readonly timer: { after(ms: number, run: () => void): () => void }
}

/** The machine's own. */
export const machineClock: LayerClock = {
  time: { now: () => Date.now() },
  timer: {
    after(ms, run) {
      const id = setTimeout(run, Math.min(ms, 0x7fffffff)).unref()
      return () => clearTimeout(id)
    },
  },
}
