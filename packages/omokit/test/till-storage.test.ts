import 'fake-indexeddb/auto'
import { createOmokit } from 'omokit/till'
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => vi.unstubAllGlobals())

/** A till page in a browser that answers so when it is asked to keep what is stored; the issues it told of. */
async function opened(persist: () => Promise<boolean>): Promise<readonly unknown[]> {
  vi.stubGlobal('navigator', { storage: { persist } })
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')))
  const issues: { readonly path?: string }[] = []
  const till = createOmokit({ brand: 'demo', hub: 'http://hub', key: 'tk', storeId: '1', workstationId: '1', onIssue: (issue) => issues.push(issue) })
  await till.start()
  await till.stop()
  return issues.filter(({ path }) => path === 'storage.persist')
}

it('a till page says when the browser does not promise to keep its storage, and nothing when it does', async () => {
  expect(await opened(async () => true)).toEqual([])
  for (const persist of [async () => false, () => Promise.reject(new Error('denied'))])
    expect(await opened(persist)).toEqual([{ code: 'unavailable', path: 'storage.persist' }])
})

it('a till page opens while the browser still asks the person', async () => {
  expect(await opened(() => new Promise(() => {}))).toEqual([])
})
