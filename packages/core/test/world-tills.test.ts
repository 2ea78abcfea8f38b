import { describe, expect, it } from 'vitest'
import { noFaults, WorldError } from '@omokit/core/testing'
import type { ReferenceAuthority } from '@omokit/core/testing'
import type { FetchLike } from '@omokit/core/memory'
import { runTills } from './world/till-scenario'

describe('tills and one coupon in the virtual world', () => {
  it('accept no more than its limit, and give every order one outcome', async () => {
    const sums = { redeemed: 0, refused: 0, offline: 0, kills: 0 }
    for (let seed = 1; seed <= 40; seed++) {
      const run = await runTills({ seed })
      sums.redeemed += run.redeemed
      sums.refused += run.refused
      sums.offline += run.offline
      sums.kills += run.kills
    }
    for (const sum of Object.values(sums)) expect(sum).toBeGreaterThan(40)
  })

  it('survive a kill at each single await', async () => {
    for (let at = 1; at <= 100; at++) {
      const run = await runTills({ seed: 4, faults: { ...noFaults, tear: 1 }, killAt: [at], tills: 1, orders: 3 })
      expect([run.kills, run.offline]).toEqual([1, 2])
    }
  })

  it('run the same for the same seed', async () => {
    expect(await runTills({ seed: 8 })).toEqual(await runTills({ seed: 8 }))
  })
})

describe('a bug planted in the authority is found within 100 seeds', () => {
  async function hunt(authority: (authority: ReferenceAuthority) => () => FetchLike): Promise<string> {
    for (let seed = 1; seed <= 100; seed++) {
      try {
        await runTills({ seed, authority })
      } catch (error) {
        if (error instanceof WorldError) return error.invariant
        throw error
      }
    }
    return 'not found'
  }

  it('keys that are not compared: each repeat is a new command', async () => {
    let made = 0
    const forgetful = (authority: ReferenceAuthority) => (): FetchLike => {
      const inner = authority.start()
      return (url, init) => inner(url, { ...init, body: JSON.stringify({ ...JSON.parse(init.body || ''), key: `k${++made}` }) })
    }
    expect(await hunt(forgetful)).toMatch(/^I1[235]$/)
  })
})
