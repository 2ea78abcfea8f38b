import { idbTable } from './idb-table'
import { openShelf } from './shelf'
import { shelfTable } from './shelf-table'
import { storageFault } from './storage-fault'
import type { Table } from './table'

/** The table of a page: IndexedDB, or `localStorage` where there is none, of which `missing` hears once. */
export function openTable(prefix: string, missing: () => void): Table {
  let opened: Promise<Table> | undefined

  const open = async (): Promise<Table> => {
    const idb = idbTable(prefix + 'v1')
    const shelf = openShelf(prefix + 't:')
    try {
      await idb.range('', '')
      // what a page without IndexedDB left there, before this one found the database again
      const keys = shelf.keys('')
      if (keys.length) await idb.write(keys.map((key) => [key, shelf.get(key) as string]))
      keys.forEach(shelf.del)
      return idb
    } catch {
      missing()
      return shelfTable(shelf)
    }
  }
  const via = <T>(run: (table: Table) => Promise<T>): Promise<T> => (opened = opened || open()).then(run).catch(storageFault)

  return {
    range: (low, high, max) => via((table) => table.range(low, high, max)),
    write: (puts, gone) => via((table) => table.write(puts, gone)),
  }
}
