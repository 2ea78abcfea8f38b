import { OmoError } from '../issues'
import type { Kv } from '../ports'
import type { Table } from './table'
import { tableKv } from './table-kv'

const limits = { perKey: 5_000_000, total: 50_000_000 }

/** Strings by key in a table. */
export function webKv(table: Table): Kv {
  const { get, set, del } = tableKv(table)
  return {
    limits,
    get,
    async set(key, value) {
      if (value.length > limits.perKey) throw new OmoError('quota', key)
      return set(key, value)
    },
    del,
    keys: async (prefix) => (await table.range('k:' + prefix, `k:${prefix}\uffff\uffff`)).map(([key]) => key.slice(2)),
  }
}
