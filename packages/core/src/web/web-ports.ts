import { codeOf } from '../issues'
import type { Issue, IssueCode } from '../issues'
import type { Platform, Ports } from '../ports'
import { openEventStream } from './event-stream'
import { fetchNet } from './fetch-net'
import { gzipBodies } from './gzip'
import { openTable } from './open-table'
import { prefixOf } from './prefix'
import { openShelf } from './shelf'
import type { Shelf } from './shelf'
import { webCrypto } from './web-crypto'
import { webKv } from './web-kv'
import { webLife } from './web-life'
import { webLocks } from './web-locks'
import { webLog } from './web-log'
import { webTime, webTimer } from './web-time'

/** Options of {@link createWebPorts}. */
export interface WebPortsOptions {
  readonly brand: string
  /** Tells two uses by one brand apart, default "main". */
  readonly instance?: string
  /** Default "web"; "till" for a till page. */
  readonly platform?: Platform
  readonly app?: string
  readonly device?: string
  /**
   * Hears once when this page has no IndexedDB (`unavailable`, path `indexeddb`: records live in `localStorage`, at most
   * 2 million characters), once when it has no `localStorage` (path `localstorage`: nothing is journalled; without either
   * everything goes with the page), and when records of an earlier page could not be taken over (path `journal`).
   * Must not throw.
   */
  readonly onIssue?: (issue: Issue) => void
}

/**
 * The ports of a page or worker: IndexedDB behind a synchronous `localStorage` journal, fetch and server-sent events, page
 * life cycle, Web Locks, WebCrypto. Creating them touches nothing, and the module loads on a server: the host is asked at
 * first use.
 *
 * A lock is given up when the page is left or frozen: `lost()` answers true, ask again on show. `crypto.verify` rejects
 * with `unavailable` where the browser has no working Ed25519. No request carries cookies.
 *
 * @example
 * const ports = createWebPorts({ brand: 'demo' })
 */
export function createWebPorts(options: WebPortsOptions): Ports {
  const { brand, instance = 'main', platform = 'web', app, device, onIssue } = options
  const prefix = prefixOf(brand, instance)
  const missing = (path: string, code: IssueCode = 'unavailable'): void => onIssue && onIssue({ code, path })
  let opened: Shelf | undefined
  const shelf = (): Shelf => (opened = opened || openShelf(prefix, () => missing('localstorage')))
  const table = openTable(prefix, () => missing('indexeddb'))

  return {
    env: Object.assign(
      {
        platform,
        brand,
        instance,
        get language() {
          return (typeof navigator === 'undefined' ? undefined : navigator.language) as string
        },
      },
      app && { app },
      device && { device },
    ),
    kv: webKv(table),
    log: webLog(shelf, table, (error) => missing('journal', codeOf(error))),
    net: Object.assign(fetchNet(gzipBodies()), { stream: openEventStream }),
    life: webLife(),
    entropy: { strength: 'secure', fill: async (bytes) => crypto.getRandomValues(new Uint8Array(bytes)) },
    time: webTime,
    timer: webTimer,
    locks: webLocks(prefix),
    crypto: webCrypto(),
  }
}
