import { describe, expect, it } from 'vitest'
import { noFaults } from '@omokit/core/testing'
import { runOutbox } from './world/outbox-scenario'

describe('the outbox in the virtual world', () => {
  it('keeps every promise under every fault, tab by tab, seed by seed', async () => {
    let kills = 0
    for (let seed = 1; seed <= 40; seed++) kills += (await runOutbox({ seed })).kills
    expect(kills).toBeGreaterThan(150)
  })

  it('has something to hold every promise against', async () => {
    const sums: Record<string, number> = {}
    for (let seed = 1; seed <= 24; seed++) {
      const { counts } = await runOutbox({ seed, tabs: 1 + ((seed >> 1) % 8), releases: true })
      for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] || 0) + count
    }
    expect(Object.keys(sums).filter((name) => !((sums[name] as number) > 10))).toEqual([])
  })

  it('delivers everything at once when nothing goes wrong', async () => {
    for (const begins of [false, true]) {
      const run = await runOutbox({ seed: 6, faults: 'none', tabs: 2, rotate: false, begins })
      expect(run).toMatchObject({ appended: 30, stored: 30, refused: 0, kills: 0, lost: 0 })
      // the hub refuses one fact in thirty or so
      expect(run.inHub).toBeGreaterThanOrEqual(28)
    }
  })

  it('keeps its promises with eight tabs', async () => {
    for (let seed = 1; seed <= 4; seed++) expect((await runOutbox({ seed, tabs: 8, facts: 8 })).appended).toBe(64)
  })

  it('survives a kill at each single await', async () => {
    const quiet = { tabs: 1, facts: 4, rotate: false, lanes: ['trade'] } as const
    let killed = 0
    for (let at = 1; at <= 74; at++) {
      const run = await runOutbox({ seed: 2, faults: { ...noFaults, tear: 1 }, killAt: [at], ...quiet })
      killed += run.kills
      expect(run.appended).toBe(4)
    }
    expect(killed).toBe(74)
  })

  it('survives a kill at each single await of a purge', async () => {
    for (let at = 1; at <= 120; at += 2) {
      const run = await runOutbox({ seed: 11, faults: { ...noFaults, tear: 1 }, killAt: [at, at + 25], tabs: 1, facts: 12, lanes: ['observe'] })
      expect(run.appended).toBe(12)
    }
  })

  it('runs the same for the same seed', async () => {
    for (const seed of [3, 30, 300]) expect(await runOutbox({ seed })).toEqual(await runOutbox({ seed }))
  })
})
