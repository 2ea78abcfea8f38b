import { describe, expect, it } from 'vitest'
import { runDays } from './world/days-scenario'

describe('three days without a network, on a clock that is wrong and is set again and again', () => {
  it('all facts arrive once, in order, and those vouched for by a server time are near to true time', async () => {
    const sums = { reboots: 0, jumps: 0, server: 0, carried: 0 }
    for (const seed of [1, 2]) {
      const run = await runDays({ seed, facts: 800, days: 3 })
      expect(run).toMatchObject({ lost: 0, twice: 0, outOfOrder: 0, floorsAhead: 0 })
      expect(run.arrived).toBeGreaterThanOrEqual(run.stored)
      expect(run.storedOffline).toBeGreaterThanOrEqual(800)
      expect(run.worstDevice).toBeGreaterThanOrEqual(86_400_000)
      sums.reboots += run.reboots
      sums.jumps += run.jumps
      sums.server += run.bySource.server.near
      sums.carried += run.bySource['server+mono'].near
    }
    for (const [name, sum] of Object.entries(sums)) expect([name, sum > 5]).toEqual([name, true])
  })
})
