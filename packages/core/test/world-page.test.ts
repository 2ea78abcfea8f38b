import { describe, expect, it } from 'vitest'
import { huntPage, pagePlants, runPages } from './world/page-outbox'

describe('the outbox of a page in the virtual world', () => {
  it('keeps every promise under every fault, tab by tab, seed by seed', async () => {
    const sums: Record<string, number> = {}
    for (let seed = 1; seed <= 60; seed++) {
      const { counts, kills } = await runPages({ seed })
      for (const [name, count] of Object.entries({ ...counts, kills })) sums[name] = (sums[name] || 0) + count
    }
    expect(Object.keys(sums).filter((name) => !((sums[name] as number) > 10))).toEqual([])
  })

  it('delivers everything at once when nothing goes wrong', async () => {
    expect(await runPages({ seed: 6, faults: 'none', tabs: 2, limits: { observeFacts: 100 } })).toMatchObject({
      appended: 30,
      stored: 30,
      refused: 0,
      kills: 0,
      lost: 0,
    })
  })

  it('runs the same for the same seed', async () => {
    for (const seed of [3, 30]) expect(await runPages({ seed })).toEqual(await runPages({ seed }))
  })
})

describe('a bug planted in it is found, by the promise it breaks', () => {
  it.each(Object.entries(pagePlants))('%s', async (_, plant) => {
    expect((await huntPage(plant)).invariant).toMatch(plant.breaks)
  })
})
