/** One IndexedDB database with two object stores, opened on first use and again whenever the browser closed it. */
export interface Database {
  /**
   * Reads: `callback` gets the store in the calling task when the database is open, and its promise is the answer. `empty` is
   * the answer while nothing was ever written: a read makes no database, since before consent nothing may be stored.
   */
  read<T>(store: StoreName, callback: (store: IDBObjectStore) => Promise<T>, empty: T): Promise<T>
  /**
   * Writes in one transaction; resolves when it is complete. The transaction is begun in the calling task and committed
   * at once, or a navigation right after would lose it; `open` leaves it to requests that follow an answer.
   */
  write(store: StoreName, callback: (store: IDBObjectStore) => void, open?: boolean): Promise<void>
}

export type StoreName = 'kv' | 'log'

export function openDatabase(name: string): Database {
  let db: IDBDatabase | undefined
  let opening: Promise<boolean> | undefined

  const forget = (): void => {
    db = opening = undefined
  }

  /** False: there is none and none was to be made. */
  const open = (make: boolean): Promise<boolean> =>
    (opening = opening || new Promise<boolean>((resolve, reject) => {
      const request = indexedDB.open(name, 1)
      let absent = false
      request.onupgradeneeded = () => {
        absent = !make
        if (make) ['kv', 'log'].forEach((store) => request.result.createObjectStore(store))
        else (request.transaction as IDBTransaction).abort() // as if it had never been asked for
      }
      request.onerror = () => {
        forget()
        if (absent) resolve(false)
        else reject(request.error)
      }
      request.onsuccess = () => {
        const opened = (db = request.result)
        // whoever deletes or upgrades the database must not be blocked by us; the next call opens it again
        opened.onversionchange = () => {
          opened.close()
          forget()
        }
        opened.onclose = forget
        resolve(true)
      }
    }))

  const run = <T>(mode: IDBTransactionMode, store: StoreName, callback: (transaction: IDBTransaction) => Promise<T>, empty?: T, again = true): Promise<T> => {
    if (!db) return open(mode === 'readwrite').then((there) => (there || mode === 'readwrite' ? run(mode, store, callback, empty, again) : (empty as T)))
    let transaction: IDBTransaction
    try {
      // relaxed survives the death of every process; strict costs twice and adds only power loss
      transaction = db.transaction(store, mode, { durability: 'relaxed' })
    } catch (error) {
      forget() // closed under our hands
      return again ? run(mode, store, callback, empty, false) : Promise.reject(error)
    }
    return callback(transaction)
  }

  return {
    read: (store, callback, empty) => run('readonly', store, (transaction) => callback(transaction.objectStore(store)), empty),
    write: (store, callback, open) => run('readwrite', store, (transaction) =>
      new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve()
        // not onerror: at quota there is no request error, and before the abort the transaction names no cause
        transaction.onabort = () => reject(transaction.error)
        callback(transaction.objectStore(store))
        if (!open && transaction.commit) transaction.commit()
      })),
  }
}

/** The answer of one request. */
export const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
