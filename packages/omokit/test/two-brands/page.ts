// Runs inside Chromium: bundled and served by two-brands.chromium.test.ts.
import { createOmokit } from 'omokit/web'
import { twoShoppers, twoShoppersAgain, type BrandName, type BrandSeat, type LiveReport, type OpenShop, type Seen } from './two-shoppers'

/** What the page gives to the test that drives it. */
export interface TwoBrandPage {
  live(seats: Readonly<Record<BrandName, BrandSeat>>): Promise<LiveReport>
  again(seats: Readonly<Record<BrandName, BrandSeat>>): Promise<{ readonly north: Seen; readonly south: Seen }>
  /** Every entry this origin keeps: where, under which key, and what. */
  entries(): Promise<readonly string[]>
}

declare global {
  interface Window extends TwoBrandPage {}
}

const open: OpenShop = ({ brand, keys, publishable }, instance) =>
  createOmokit({ brand, hub: location.origin, key: publishable, keys, ...(instance && { instance }) })

async function records(name: string): Promise<readonly string[]> {
  const asked = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error as Error)
    })
  const database = await asked(indexedDB.open(name))
  const found: string[] = []
  for (const store of Array.from(database.objectStoreNames)) {
    const keys = await asked(database.transaction(store).objectStore(store).getAllKeys())
    const values = await asked(database.transaction(store).objectStore(store).getAll())
    keys.forEach((key, i) => found.push(JSON.stringify([name, store, key, values[i]])))
  }
  database.close()
  return found
}

const page: TwoBrandPage = {
  live: (seats) => twoShoppers(open, seats),
  again: (seats) => twoShoppersAgain(open, seats),
  async entries() {
    const found = [localStorage, sessionStorage].flatMap((storage) => Object.entries(storage).map((entry) => JSON.stringify(entry)))
    for (const { name } of await indexedDB.databases()) found.push(...(await records(name as string)))
    return found
  },
}
Object.assign(window, page)
