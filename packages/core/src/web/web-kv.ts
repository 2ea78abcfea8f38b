import { OmoError } from '../issues'
import type { Kv } from '../ports'
import { answer } from './database'
import type { Database } from './database'
import type { Shelf } from './shelf'
import { storageFault } from './storage-fault'

const limits = { perKey: 5_000_000, total: 50_000_000 }

/** Strings by key in IndexedDB, or on the shelf where there is none; `usable` answers which. */
export function webKv(database: Database, shelf: () => Shelf, usable: () => Promise<boolean>): Kv {
  const either = async <T>(there: () => Promise<T>, here: () => T): Promise<T> => {
    try {
      return await ((await usable()) ? there() : here())
    } catch (error) {
      throw storageFault(error)
    }
  }
  return {
    limits,
    get: (key) => either(
      () => database.read('kv', (store) => answer<string | undefined>(store.get(key)), undefined).then((value) => (value === undefined ? null : value)),
      () => shelf().get('k:' + key),
    ),
    set(key, value) {
      if (value.length > limits.perKey) return Promise.reject(new OmoError('quota', `${key}: over ${limits.perKey} characters`))
      return either(() => database.write('kv', (store) => store.put(value, key)), () => shelf().set('k:' + key, value))
    },
    del: (key) => either(() => database.write('kv', (store) => store.delete(key)), () => shelf().del('k:' + key)),
    keys: (prefix) => either(
      () => database.read('kv', (store) => answer(store.getAllKeys(IDBKeyRange.lowerBound(prefix))), []).then((keys) =>
        (keys as string[]).filter((key) => key.indexOf(prefix) === 0)),
      () => shelf().keys('k:' + prefix).map((key) => key.slice(2)),
    ),
  }
}
