import type { Table } from './table'
import type { PagePorts } from '../page/page-ports'

/** Small state of a page in its table. */
export const tableKv = ({ range, write }: Table): PagePorts['kv'] => ({
  async get(key) {
    const [entry] = await range('k:' + key, 'k:' + key)
    return entry ? entry[1] : null
  },
  set: (key, value) => write([['k:' + key, value]]),
  del: (key) => write([], [['k:' + key, 'k:' + key]]),
})
