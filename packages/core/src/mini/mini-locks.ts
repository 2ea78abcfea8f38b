import type { LockGrant, LockMode, LockTable } from '../memory/lock-table'
import type { LockLost, Locks } from '../ports'

/** A mini-program is one context: locks are a queue in it. They end with it. */
export function miniLocks(tableOf: () => LockTable, prefix: string): Locks {
  const owner = {}
  const under =
    (mode: LockMode) =>
    async <T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined> => {
      const table = tableOf()
      const grant = await new Promise<LockGrant | undefined>((granted) => table.acquire(prefix + name, owner, mode, granted))
      if (!grant) return undefined
      try {
        return await run(() => grant.lost)
      } finally {
        table.release(grant)
      }
    }
  return { hold: under('wait') as Locks['hold'], ifFree: under('if-free'), steal: under('steal') as Locks['steal'] }
}
