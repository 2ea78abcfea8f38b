import { createOmokitCore, type OmokitCore } from 'omokit/web'

declare global {
  interface Window {
    readonly shop: OmokitCore
    /** Everything this origin keeps, as text. */
    kept(): Promise<string>
  }
}

const shop = createOmokitCore({ brand: 'demo', hub: location.origin, key: 'pk_test_demo_1' })

async function records(name: string): Promise<unknown[]> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error as Error)
  })
  const all: unknown[] = []
  for (const store of Array.from(database.objectStoreNames)) {
    for (const ask of ['getAllKeys', 'getAll'] as const) {
      all.push(
        await new Promise((resolve) => {
          const request = database.transaction(store).objectStore(store)[ask]()
          request.onsuccess = () => resolve(request.result)
        }),
      )
    }
  }
  database.close()
  return all
}

Object.assign(window, {
  shop,
  async kept() {
    const databases = (await indexedDB.databases()).map(({ name }) => name as string)
    const parts: unknown[] = [{ ...localStorage }, { ...sessionStorage }, document.cookie, databases]
    for (const name of databases) parts.push(await records(name))
    return JSON.stringify(parts)
  },
})
