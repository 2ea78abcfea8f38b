const retryable: readonly unknown[] = ['40P01', '40001']

/** Runs `run` again when the database says the transaction lost a race: a deadlock (40P01) or serialisation failure (40001). */
export async function withRetry<T>(run: () => Promise<T>, attempts: number = 8): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (attempt >= attempts || !retryable.includes((error as { code?: unknown }).code)) throw error
      // full jitter is not needed: the loser of a deadlock waits for the row lock of the winner anyway
    }
  }
}
