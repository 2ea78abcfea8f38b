import type { Kv } from '../ports'
import type { Table } from './table'

/** Strings by key, under `k:`: all that the small state of a page needs. */
export const tableKv = ({ range, write }: Table): Pick<Kv, 'del' | 'get' | 'set'> => ({
  async get(key) {
    const [entry] = await range('k:' + key, 'k:' + key)
    return entry ? entry[1] : null
  },
  set: (key, value) => write([['k:' + key, value]]),
  del: (key) => write([], [['k:' + key, 'k:' + key]]),
})
