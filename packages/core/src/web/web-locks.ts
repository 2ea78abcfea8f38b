import { createLockTable } from '../memory/lock-table'
import type { LockGrant } from '../memory/lock-table'
import type { LockLost, Locks } from '../ports'
import { on } from './web-life'

/**
 * Web Locks. A page that is left or frozen gives up its locks at once, since a frozen tab would keep them for ever:
 * `lost()` then answers true, and a page that comes back must ask again. Without Web Locks (old WebViews, pages not on
 * https) the locks reach this page only: one page at a time is then assumed.
 */
export function webLocks(prefix: string): Locks {
  const table = createLockTable()

  const grab = (options: LockOptions) => <T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      let lost = false
      const held = (): Promise<void> => {
        const done = new Promise<T>((settle) => settle(run(() => lost)))
        done.then(resolve, reject)
        return new Promise((free) => {
          const off = on(['pagehide', 'freeze'], () => {
            lost = true
            end()
          })
          const end = (): void => {
            off()
            free()
          }
          done.then(end, end)
        })
      }
      const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
      if (locks) {
        locks.request(prefix + name, options, (lock) => (lock ? held() : resolve(undefined))).catch((error) => {
          lost = true // stolen: `run` goes on and finds out; or refused before it began
          if (error.name !== 'AbortError') reject(error)
        })
        return
      }
      table.acquire(name, table, options.steal ? 'steal' : options.ifAvailable ? 'if-free' : 'wait', (grant: LockGrant | undefined) => {
        if (!grant) return resolve(undefined)
        const free = (): void => table.release(grant)
        new Promise<T>((settle) => settle(run(() => grant.lost))).then(
          (value) => {
            free()
            resolve(value)
          },
          (error) => {
            free()
            reject(error)
          },
        )
      })
    })

  return { hold: grab({}) as Locks['hold'], ifFree: grab({ ifAvailable: true }), steal: grab({ steal: true }) as Locks['steal'] }
}
