import { OmoError } from '../issues'
import type { Kv } from '../ports'
import type { Table } from './table'

const limits = { perKey: 5_000_000, total: 50_000_000 }

/** Strings by key in a table. */
export const webKv = ({ range, write }: Table): Kv => ({
  limits,
  get: async (key) => {
    const [entry] = await range('k:' + key, 'k:' + key)
    return entry ? entry[1] : null
  },
  set: async (key, value) => {
    if (value.length > limits.perKey) throw new OmoError('quota', key)
    return write([['k:' + key, value]])
  },
  del: (key) => write([], [['k:' + key, 'k:' + key]]),
  keys: async (prefix) => (await range('k:' + prefix, `k:${prefix}\uffff\uffff`)).map(([key]) => key.slice(2)),
})
