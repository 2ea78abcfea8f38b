import { idbTable } from './idb-table'
import type { Shelf } from './shelf'
import { shelfTable } from './shelf-table'
import { storageFault } from './storage-fault'
import type { Table } from './table'

/** The table of a page: IndexedDB, or the shelf where there is none, of which `missing` hears once. */
export function openTable(name: string, shelf: () => Shelf, missing: () => void): Table {
  const idb = idbTable(name)
  let opened: Promise<Table> | undefined

  const open = async (): Promise<Table> => {
    try {
      await idb.range('', '')
      // what a page without IndexedDB left on the shelf, before this one found the database again
      const keys = shelf().keys('t:')
      if (keys.length) await idb.write(keys.map((key) => [key.slice(2), shelf().get(key) as string]))
      keys.forEach(shelf().del)
      return idb
    } catch {
      missing()
      return shelfTable(shelf())
    }
  }
  const via = <T>(run: (table: Table) => Promise<T>): Promise<T> =>
    (opened = opened || open()).then(run).catch((error) => {
      throw storageFault(error)
    })

  return {
    range: (low, high, max) => via((table) => table.range(low, high, max)),
    write: (puts, gone) => via((table) => table.write(puts, gone)),
  }
}
