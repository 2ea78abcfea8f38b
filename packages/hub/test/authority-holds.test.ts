import { expect, it } from 'vitest'
import { openStore } from '../src/index'
it('opens', async () => {
  const store = await openStore({ pglite: {} })
  await store.close()
  expect(1).toBe(1)
})
