import type { LockLost, Locks } from '../ports'
import { onLeave } from './web-life'

type Request = (name: string, options: LockOptions, work: (lock: unknown) => Promise<void> | undefined) => Promise<unknown>

/**
 * Web Locks. A page that is left or frozen gives up its locks at once, since a frozen tab would keep them for ever:
 * `lost()` then answers true, and a page that comes back must ask again. Without Web Locks (old WebViews, sandboxed frames,
 * pages not on https) the locks reach this page only: one page at a time is then assumed.
 */
export function webLocks(prefix: string): Locks {
  /** Where the browser has none, or will not give them. */
  let own: Request | undefined

  const grab =
    (options: LockOptions) =>
    async <T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T | undefined> => {
      let lost = false
      let done: Promise<T> | undefined
      const request =
        own ||
        (typeof navigator !== 'undefined' && navigator.locks ? (navigator.locks.request.bind(navigator.locks) as unknown as Request) : (own = pageLocks()))
      try {
        await request(prefix + name, options, (lock) =>
          lock
            ? new Promise<void>((free) => {
                const end = (): void => {
                  off()
                  free()
                }
                const off = onLeave(() => {
                  lost = true
                  end()
                })
                done = (async () => run(() => lost))()
                done.then(end, end)
              })
            : undefined,
        )
      } catch (error) {
        lost = true
        // stolen: the work goes on and finds out
        if (done) return done
        if (own) throw error
        own = pageLocks()
        return grab(options)(name, run)
      }
      return done
    }

  return { hold: grab({}) as Locks['hold'], ifFree: grab({ ifAvailable: true }), steal: grab({ steal: true }) as Locks['steal'] }
}

/** What Web Locks do, within this page. */
function pageLocks(): Request {
  const held = new Map<string, { end?: Promise<unknown>; readonly rob: (reason?: unknown) => void }>()
  return async (name, { ifAvailable, steal }, work) => {
    for (let other = held.get(name); other; other = held.get(name)) {
      if (ifAvailable) return work(undefined)
      if (steal) {
        held.delete(name)
        other.rob()
      } else await other.end
    }
    return new Promise<void>((resolve, rob) => {
      const mine: { end?: Promise<unknown>; readonly rob: typeof rob } = { rob }
      held.set(name, mine)
      mine.end = Promise.resolve(work(true)).then(() => {
        if (held.get(name) === mine) held.delete(name)
        resolve()
      })
    })
  }
}
