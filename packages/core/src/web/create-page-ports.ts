import { fetchNet } from './fetch-net'
import { openTable } from './open-table'
import { prefixOf } from './prefix'
import { openShelf } from './shelf'
import type { Shelf } from './shelf'
import type { WebPortsOptions } from './web-ports'
import { pageLocks } from './page-locks'
import type { PagePorts } from '../page/page-ports'
import { tableKv } from './table-kv'
import { watchPage } from './web-life'
import { webRecords } from './web-records'
import { webTime, webTimer } from './web-time'

/**
 * What `createPageOutbox` and `createTracker` need of a page: IndexedDB behind a synchronous `localStorage` journal, fetch,
 * page life cycle, Web Locks. Creating them touches nothing, and the module loads on a server: the host is asked at first use.
 * Stores what `createWebPorts` of the same brand and instance stores, under the same keys. No request carries cookies.
 *
 * `onIssue` hears once when this page has no IndexedDB (`unavailable`, path `indexeddb`: records live in `localStorage`, at most
 * 2 million characters) and once when it has no `localStorage` (path `localstorage`: nothing is journalled; without either
 * everything goes with the page). It must not throw.
 *
 * @example
 * const ports = createPagePorts({ brand: 'demo' })
 */
export function createPagePorts({ brand, instance = 'main', onIssue }: Pick<WebPortsOptions, 'brand' | 'instance' | 'onIssue'>): PagePorts {
  const prefix = prefixOf(brand, instance)
  const missing = (path: string): void => onIssue && onIssue({ code: 'unavailable', path })
  let opened: Shelf | undefined
  const shelf = (): Shelf => (opened = opened || openShelf(prefix, () => missing('localstorage')))
  const table = openTable(prefix, () => missing('indexeddb'))
  const kv = tableKv(table)
  return {
    kv,
    records: webRecords(shelf, table, kv),
    seize: pageLocks(prefix),
    watch: watchPage,
    net: fetchNet(),
    random: Math.random,
    time: webTime,
    timer: webTimer,
  }
}
