import type { LockLost } from '../ports'
import { fetchNet } from './fetch-net'
import { openTable } from './open-table'
import { prefixOf } from './prefix'
import { openShelf } from './shelf'
import type { Shelf } from './shelf'
import type { WebPortsOptions } from './web-ports'
import { pageLocks } from './page-locks'
import type { PagePorts, ShopperPorts } from '../page/page-ports'
import { isTradeStream, tradeMark } from '../outbox/trade-stream'
import { recordKey } from './record-keys'
import type { Table } from './table'
import { tableKv } from './table-kv'
import { watchPage } from './web-life'
import { webRecords } from './web-records'
import { webTime, webTimer } from './web-time'

type PagePortsOptions = Pick<WebPortsOptions, 'brand' | 'instance' | 'onIssue'>

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
export function createPagePorts(options: PagePortsOptions): PagePorts {
  return pageParts(options).ports
}

/**
 * What `createShopperOutbox`, `createIdentity` and `createTracker` need of a page: as {@link createPagePorts}.
 *
 * @example
 * const ports = createShopperPorts({ brand: 'demo' })
 */
export function createShopperPorts(options: PagePortsOptions): ShopperPorts {
  const { ports, table } = pageParts(options)
  const { records, seize, timer, watch } = ports
  return Object.assign({}, ports, {
    records: Object.assign({}, records, {
      async streams() {
        const trade = (await table.range('r:' + tradeMark, `r:${tradeMark}~`)).map(([key]) => key.split(':')[1] as string)
        return trade.filter((id, i) => isTradeStream(id) && trade.indexOf(id) === i).concat(await records.streams())
      },
    }),
    entropy: { fill: async (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)) },
    life: { onShow: (run: () => void) => watch(() => undefined, run) },
    locks: {
      async hold<T>(name: string, run: (lost: LockLost) => Promise<T>): Promise<T> {
        for (;;) {
          const lock = await seize(name)
          // it is held for moments, and seldom asked for twice
          if (!lock) await new Promise<void>((next) => void timer.after(50, next))
          else
            try {
              return await run(lock.lost)
            } finally {
              void lock.release()
            }
        }
      },
    },
    addTrade: (stream: string, text: string) => table.write([[recordKey(stream, 1), text]]),
    names: async (start: string) => (await table.range('k:' + start, `k:${start}\uffff`)).map(([key]) => key.slice(2 + start.length)),
  })
}

function pageParts({ brand, instance = 'main', onIssue }: PagePortsOptions): { readonly ports: PagePorts; readonly table: Table } {
  const prefix = prefixOf(brand, instance)
  const missing = (path: string): void => onIssue && onIssue({ code: 'unavailable', path })
  let opened: Shelf | undefined
  const shelf = (): Shelf => (opened = opened || openShelf(prefix, () => missing('localstorage')))
  const table = openTable(prefix, () => missing('indexeddb'))
  const kv = tableKv(table)
  return {
    table,
    ports: {
      kv,
      records: webRecords(shelf, table, kv),
      seize: pageLocks(prefix),
      watch: watchPage,
      net: fetchNet(),
      random: Math.random,
      time: webTime,
      timer: webTimer,
    },
  }
}
