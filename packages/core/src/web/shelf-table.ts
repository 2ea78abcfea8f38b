import { OmoError } from '../issues'
import { shelfCap } from './shelf'
import type { Shelf } from './shelf'
import type { Table } from './table'

/** A table where there is no IndexedDB, on a shelf of its own, so that a later page finds it. */
export function shelfTable({ keys, get, set, del }: Shelf): Table {
  const within = (low: string, high: string): string[] => keys('').filter((key) => key >= low && key <= high)
  return {
    range: async (low, high, max) =>
      within(low, high)
        .slice(0, max)
        .map((key) => [key, get(key) as string]),
    async write(puts, gone = []) {
      gone.forEach(([low, high]) => within(low, high).forEach(del))
      const old = puts.map(([key]) => get(key))
      try {
        puts.forEach(([key, text]) => set(key, text))
        if (keys('').map(get).join('').length > shelfCap) throw new OmoError('quota', 'localstorage')
      } catch (error) {
        puts.forEach(([key], i) => (old[i] === undefined ? del(key) : set(key, old[i] as string)))
        throw error
      }
    },
  }
}
