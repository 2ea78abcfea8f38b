import { describe, expect, it } from 'vitest'
import { huntPage, huntShopper, pagePlants, runPages, runShoppers, shopperPlants } from './world/page-outbox'

describe.each([
  ['of a page', runPages],
  ['of a page that asks for consent', runShoppers],
] as const)('the outbox %s in the virtual world', (_, run) => {
  it('keeps every promise under every fault, tab by tab, seed by seed', async () => {
    const sums: Record<string, number> = {}
    for (let seed = 1; seed <= 60; seed++) {
      const { counts, kills } = await run({ seed })
      for (const [name, count] of Object.entries({ ...counts, kills })) sums[name] = (sums[name] || 0) + count
    }
    expect(Object.keys(sums).filter((name) => !((sums[name] as number) > 10))).toEqual([])
  })

  it('delivers everything at once when nothing goes wrong', async () => {
    expect(await run({ seed: 6, faults: 'none', tabs: 2, rotate: false, limits: { observeFacts: 100 } })).toMatchObject({
      appended: 30,
      stored: 30,
      refused: 0,
      kills: 0,
      lost: 0,
    })
  })

  it('runs the same for the same seed', async () => {
    for (const seed of [3, 30]) expect(await run({ seed })).toEqual(await run({ seed }))
  })
})

describe('a bug planted in it is found, by the promise it breaks', () => {
  it.each(Object.entries(pagePlants))('%s', async (_, plant) => {
    expect((await huntPage(plant)).invariant).toMatch(plant.breaks)
  })
  it.each(Object.entries(shopperPlants))('%s', async (_, plant) => {
    expect((await huntShopper(plant)).invariant).toMatch(plant.breaks)
  })
})
