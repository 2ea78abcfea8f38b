import { del, get, keys, set } from 'idb-keyval'
import type { UseStore } from 'idb-keyval'
import { OmoError } from '../issues'
import type { Kv } from '../ports'
import type { Database } from './database'
import type { Shelf } from './shelf'
import { storageFault } from './storage-fault'

const limits = { perKey: 5_000_000, total: 50_000_000 }

/** Strings by key in IndexedDB, or on the shelf where there is none; `usable` answers which. */
export function webKv(database: Database, shelf: () => Shelf, usable: () => Promise<boolean>): Kv {
  const store = ((mode, callback) => database('kv', mode, callback)) as UseStore
  const either = async <T>(there: () => Promise<T>, here: () => T): Promise<T> => {
    try {
      return await ((await usable()) ? there() : here())
    } catch (error) {
      throw storageFault(error)
    }
  }
  const begins =
    (prefix: string) =>
    (key: string): boolean =>
      key.indexOf(prefix) === 0
  return {
    limits,
    get: (key) =>
      either(
        () => get<string>(key, store).then((value) => (value === undefined ? null : value)),
        () => shelf().get('k:' + key),
      ),
    set: (key, value) =>
      value.length > limits.perKey
        ? Promise.reject(new OmoError('quota', key))
        : either(
            () => set(key, value, store),
            () => shelf().set('k:' + key, value),
          ),
    del: (key) =>
      either(
        () => del(key, store),
        () => shelf().del('k:' + key),
      ),
    keys: (prefix) =>
      either(
        // undefined: there is no database yet
        () => keys<string>(store).then((found) => (found || []).filter(begins(prefix))),
        () =>
          shelf()
            .keys('k:' + prefix)
            .map((key) => key.slice(2)),
      ),
  }
}
