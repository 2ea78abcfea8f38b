/**
 * One IndexedDB database with two object stores, opened on first use and again whenever the browser closed it. `callback`
 * gets the store in the calling task when the database is open, and what it answers is the answer.
 *
 * A read makes no database, since before consent nothing may be stored: where nothing was ever written `callback` is not called and the
 * answer is undefined. A write is committed at once, or a navigation right after would lose it; `open` leaves it to requests
 * that follow an answer.
 */
export type Database = <T>(
  store: 'kv' | 'log',
  mode: IDBTransactionMode,
  callback: (store: IDBObjectStore) => PromiseLike<T> | T,
  open?: boolean,
) => Promise<T | undefined>

export function openDatabase(name: string): Database {
  let db: IDBDatabase | undefined
  let opening: Promise<unknown> | undefined

  const forget = (): void => {
    db = opening = undefined
  }

  /** Leaves `db` undefined when there is none and none was to be made. */
  const connect = (make: boolean): Promise<unknown> =>
    (opening =
      opening ||
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(name, 1)
        let absent = false
        request.onupgradeneeded = () => {
          if (make) ['kv', 'log'].forEach((store) => request.result.createObjectStore(store))
          else {
            absent = true
            ;(request.transaction as IDBTransaction).abort() // as if it had never been asked for
          }
        }
        request.onerror = () => {
          forget()
          if (absent) resolve()
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
          resolve()
        }
      }))

  const use = <T>(
    store: 'kv' | 'log',
    mode: IDBTransactionMode,
    callback: (store: IDBObjectStore) => PromiseLike<T> | T,
    open?: boolean,
    again = true,
  ): Promise<T | undefined> => {
    const make = mode === 'readwrite'
    if (!db) return connect(make).then(() => (db || make ? use(store, mode, callback, open, again) : undefined))
    let transaction: IDBTransaction
    try {
      // relaxed survives the death of every process; strict costs twice and adds only power loss
      transaction = db.transaction(store, mode, { durability: 'relaxed' })
    } catch (error) {
      forget() // closed under our hands
      return again ? use(store, mode, callback, open, false) : Promise.reject(error)
    }
    const answer = callback(transaction.objectStore(store))
    // before the abort a transaction names no cause: whoever waits for it hears of the abort alone
    transaction.onerror = null
    if (make && !open && transaction.commit) transaction.commit()
    return Promise.resolve(answer)
  }

  return use
}
