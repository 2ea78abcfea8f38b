import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { programOf, type QuickStartShop, startQuickStartShop } from './quick-start-shop'

let shop: QuickStartShop

beforeAll(async () => (shop = await startQuickStartShop()))

afterAll(() => shop.close())

it('the quick start for Node does what it says: first event, first quote, first redemption, a till process', async () => {
  const { item } = await shop.claim('m-1001')
  const [pending, pay, applied, rejected, state, version, release] = await follow('quick-start-node', { item })
  // session and order
  expect([pending, await shop.stored()]).toEqual([0, 2])
  expect([pay, applied, rejected]).toEqual([17_600, [], []])
  expect([state, version, release]).toEqual(['redeemed', 1, 'fresh'])
})

/** Runs a page from its first block to its last, as a reader would, and gives what it printed. */
async function follow(page: string, values: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> {
  const { imports, body } = programOf(page, shop)
  const file = join(shop.folder, `${page}.ts`)
  writeFileSync(file, `${imports}\n${body}\nexport const used = [shop, till]\n`)
  for (const [name, value] of Object.entries(values)) vi.stubGlobal(name, value)
  const shown: unknown[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...printed: unknown[]) => void shown.push(...printed))
  try {
    const { used } = (await import(file)) as { readonly used: readonly { stop(): Promise<void> }[] }
    for (const each of used) await each.stop()
  } finally {
    log.mockRestore()
    vi.unstubAllGlobals()
  }
  return shown
}
