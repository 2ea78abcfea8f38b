import type { LockLost, Locks } from '../ports'
import { on } from './web-life'

interface Holder {
  lost: boolean
  end: Promise<void>
}

/**
 * Web Locks. A page that is left or frozen gives up its locks at once, since a frozen tab would keep them for ever:
 * `lost()` then answers true, and a page that comes back must ask again. Without Web Locks (old WebViews, pages not on
 * https) the locks reach this page only: one page at a time is then assumed.
 */
export function webLocks(prefix: string): Locks {
  const holders = new Map<string, Holder>()

  const grab =
    (options: LockOptions) =>
    async <T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined> => {
      const mine: Holder = { lost: false, end: Promise.resolve() }
      let done: Promise<T> | undefined
      /** Starts the work; settles when it has ended, well or not. */
      const work = (): Promise<void> =>
        (done = new Promise((settle) => settle(run(() => mine.lost)))).then(
          () => {},
          () => {},
        )

      if (typeof navigator !== 'undefined' && navigator.locks) {
        const held = (): Promise<void> =>
          new Promise((free) => {
            const end = (): void => {
              off()
              free()
            }
            const off = on(['pagehide', 'freeze'], () => {
              mine.lost = true
              end()
            })
            work().then(end)
          })
        return navigator.locks
          .request(prefix + name, options, (lock) => (lock ? held() : undefined))
          .then(
            () => done,
            (error) => {
              mine.lost = true
              if (done) return done // stolen: the work goes on and finds out
              throw error
            },
          )
      }

      for (let other: Holder | undefined; (other = holders.get(name)); ) {
        if (options.ifAvailable) return undefined
        if (options.steal) {
          other.lost = true
          break
        }
        await other.end
      }
      holders.set(name, mine)
      await (mine.end = work().then(() => {
        if (holders.get(name) === mine) holders.delete(name)
      }))
      return done
    }

  return { hold: grab({}) as Locks['hold'], ifFree: grab({ ifAvailable: true }), steal: grab({ steal: true }) as Locks['steal'] }
}
