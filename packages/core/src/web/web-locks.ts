import { createLockTable } from '../memory/lock-table'
import type { LockLost, Locks } from '../ports'
import { on } from './web-life'

/**
 * Web Locks. A page that is left or frozen gives up its locks at once, since a frozen tab would keep them for ever:
 * `lost()` then answers true, and a page that comes back must ask again. Without Web Locks (old WebViews, pages not on
 * https) the locks reach this page only: one page at a time is then assumed.
 */
export function webLocks(prefix: string): Locks {
  const table = createLockTable()

  const grab = (options: LockOptions) => <T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined> => {
    let lost = false
    let done: Promise<T> | undefined
    const work = (asks: LockLost): Promise<T> => (done = new Promise((settle) => settle(run(asks))))

    if (typeof navigator !== 'undefined' && navigator.locks) {
      const held = (): Promise<void> => new Promise((free) => {
        const end = (): void => {
          off()
          free()
        }
        const off = on(['pagehide', 'freeze'], () => {
          lost = true
          end()
        })
        work(() => lost).then(end, end)
      })
      return navigator.locks.request(prefix + name, options, (lock) => (lock ? held() : undefined)).then(() => done, (error) => {
        lost = true
        if (done) return done // stolen: the work goes on and finds out
        throw error
      })
    }

    return new Promise((resolve) => table.acquire(name, table, options.steal ? 'steal' : options.ifAvailable ? 'if-free' : 'wait', (grant) => {
      if (!grant) return resolve(undefined)
      const free = (): void => {
        table.release(grant)
        resolve(done)
      }
      work(() => grant.lost).then(free, free)
    }))
  }

  return { hold: grab({}) as Locks['hold'], ifFree: grab({ ifAvailable: true }), steal: grab({ steal: true }) as Locks['steal'] }
}
