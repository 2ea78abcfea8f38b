import { promisifyRequest } from 'idb-keyval'
import type { Table } from './table'

/**
 * A table in IndexedDB, opened on first use and again whenever the browser closed it. A read makes no database, since before
 * consent nothing may be stored. A write begins in the calling task when the database is open, and is committed at once, or
 * a navigation right after would lose it.
 */
export function idbTable(name: string): Table {
  let db: IDBDatabase | undefined
  let opening: Promise<void> | undefined

  const forget = (): void => {
    db = opening = undefined
  }

  /** Leaves `db` undefined when there is none and none was to be made. */
  const connect = (make: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open(name)
      request.onerror = () => {
        forget()
        reject(request.error)
      }
      request.onupgradeneeded = () => {
        if (make) request.result.createObjectStore('t')
        else {
          request.onerror = () => {
            forget()
            resolve()
          }
          ;(request.transaction as IDBTransaction).abort() // as if it had never been asked for
        }
      }
      request.onsuccess = () => {
        const opened = (db = request.result)
        // whoever deletes or upgrades the database must not be blocked by us; the next call opens it again
        opened.onversionchange = () => {
          opened.close()
          forget()
        }
        opened.onclose = forget
        resolve()
      }
    })

  const use = async <T>(make: boolean, run: (store: IDBObjectStore) => Promise<T>, again?: boolean): Promise<T | undefined> => {
    while (!db) {
      await (opening = opening || connect(make))
      if (!db && !make) return undefined
    }
    try {
      // relaxed survives the death of every process; strict costs twice and adds only power loss
      return run(db.transaction('t', make ? 'readwrite' : 'readonly', { durability: 'relaxed' }).objectStore('t'))
    } catch (error) {
      forget() // closed under our hands
      if (again) throw error
      return use(make, run, true)
    }
  }

  return {
    range: (low, high, max) =>
      use(false, (store) => {
        const keys = IDBKeyRange.bound(low, high)
        return Promise.all([promisifyRequest(store.getAllKeys(keys, max)), promisifyRequest<string[]>(store.getAll(keys, max))])
      }).then((found) => (found ? found[1].map((text, i) => [found[0][i] as string, text] as const) : [])),

    write: (puts, gone = []) =>
      use(true, (store) => {
        gone.forEach(([low, high]) => store.delete(IDBKeyRange.bound(low, high)))
        puts.forEach(([key, text]) => store.put(text, key))
        const { transaction } = store
        const done = promisifyRequest(transaction)
        transaction.onerror = null // before the abort a transaction names no cause
        if (transaction.commit) transaction.commit()
        return done
      }),
  }
}
