/**
 * Runs jobs with at most `most` under way; `add` waits for room. The first failure is kept and thrown at the next `add`
 * or at `drain`, so that nothing fails unseen.
 */
export interface InFlight {
  add(job: () => Promise<void>): Promise<void>
  drain(): Promise<void>
}

/** A bounded number of jobs at a time. */
export function createInFlight(most: number): InFlight {
  const running = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  const check = (): void => {
    if (failure) throw failure.error
  }
  return {
    async add(job) {
      while (running.size >= most) await Promise.race(running)
      check()
      const run: Promise<void> = job()
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => running.delete(run))
      running.add(run)
    },
    async drain() {
      while (running.size) await Promise.race(running)
      check()
    },
  }
}
