import { onLeave } from './web-life'
import type { PagePorts } from '../page/page-ports'

/**
 * Web Locks, for who does not wait. A page that is left or frozen gives its locks up at once, since a frozen tab would keep
 * them for ever. Without Web Locks (old WebViews, sandboxed frames, pages not on https) a lock reaches this page only: one
 * page at a time is then assumed.
 */
export function pageLocks(prefix: string): PagePorts['seize'] {
  const held: Record<string, boolean> = {}
  const alone = async (name: string, work: (free: boolean) => unknown): Promise<void> => {
    const free = !held[name]
    held[name] = true
    await work(free)
    if (free) held[name] = false
  }
  return (name) =>
    new Promise((resolve) => {
      const work = (free: unknown): unknown =>
        free
          ? new Promise<void>((end) => {
              let lost = false
              const release = (): Promise<unknown> => {
                lost = true
                off()
                end()
                return ended
              }
              const off = onLeave(release)
              resolve({ lost: () => lost, release })
            })
          : resolve(undefined)
      const ended: Promise<unknown> =
        typeof navigator !== 'undefined' && navigator.locks
          ? navigator.locks.request(prefix + name, { ifAvailable: true }, work).catch(() => alone(prefix + name, work))
          : alone(prefix + name, work)
    })
}
