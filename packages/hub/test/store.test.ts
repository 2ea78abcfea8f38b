import { afterAll, beforeAll } from 'vitest'
import { openStore, type Store } from '../src/index'
import { storeContract } from './support/store-contract'

let store: Store
beforeAll(async () => {
  store = await openStore({ pglite: {} })
})
afterAll(() => store.close())

storeContract(() => store)
