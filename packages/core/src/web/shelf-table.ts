import { OmoError } from '../issues'
import type { Shelf } from './shelf'
import type { Table } from './table'

/** Characters, of the 5.2 million a whole origin has and shares with the page. */
const cap = 2_000_000

/** A table where there is no IndexedDB: keys `t:…` on the shelf, so that a later page finds them. */
export const shelfTable = (shelf: Shelf): Table => ({
  range: async (low, high, max) =>
    shelf
      .keys('t:')
      .filter((key) => key >= 't:' + low && key <= 't:' + high)
      .slice(0, max)
      .map((key) => [key.slice(2), shelf.get(key) as string]),
  async write(puts, gone = []) {
    gone.forEach(([low, high]) => shelf.keys('t:').forEach((key) => key >= 't:' + low && key <= 't:' + high && shelf.del(key)))
    const old = puts.map(([key]) => shelf.get('t:' + key))
    try {
      if (shelf.keys('t:').reduce((sum, key) => sum + (shelf.get(key) as string).length, 0) + puts.reduce((sum, [, text]) => sum + text.length, 0) > cap)
        throw new OmoError('quota', 'localstorage')
      puts.forEach(([key, text]) => shelf.set('t:' + key, text))
    } catch (error) {
      puts.forEach(([key], i) => (old[i] === undefined ? shelf.del('t:' + key) : shelf.set('t:' + key, old[i] as string)))
      throw error
    }
  },
})
