import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '@omokit/hub'
import { runClones } from './clone-run'
import { runKills } from './kill-run'
import { type Removal, runRemoval } from './removal-run'
import { bundleTill } from './till-bundle'
import { openMemoryStore } from '../../packages/hub/test/support/memory-store'

let store: Store
const home = mkdtempSync(join(tmpdir(), 'omokit-kill-'))

beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(async () => {
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

const unbroken = { lost: 0, twice: 0, holes: 0, unstated: 0, forks: 0, chainBreaks: 0 }

describe('a till that is killed with SIGKILL while it appends and sends to a hub that fails', () => {
  it('loses nothing it said was stored, sends nothing twice, and states what it gave up', async () => {
    const bundle = await bundleTill(home)
    const sums = { kills: 0, acknowledged: 0, abandoned: 0 }
    // when a kill strikes is the machine's affair: as many runs as it takes to hit every kind of moment
    for (let seed = 1; seed === 1 || (seed < 5 && !Math.min(...Object.values(sums))); seed++) {
      const run = await runKills({ seed, store, brand: `kill-${seed}`, bundle })
      expect(run).toMatchObject(unbroken)
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += run[name]
    }
    expect(Math.min(...Object.values(sums))).toBeGreaterThan(0)
    // were the logs gone after each kill, that would not pass unseen
    expect((await runKills({ seed: 1, store, brand: 'kill-control', bundle, forgetful: true })).lost).toBeGreaterThan(0)
  })
})

describe('facts taken out of a log by hand', () => {
  const ways = (['observe', 'trade'] as const).flatMap((lane) => (['middle', 'end', 'file'] as const).map((removal): [string, Removal] => [lane, removal]))
  it.each(ways)('%s, %s: the hub names exactly these', async (lane, removal) => {
    const run = await runRemoval({ seed: 1, store, brand: `removal-${lane}-${removal}`, lane: lane as 'trade' | 'observe', removal })
    expect(run.removed.length).toBeGreaterThan(0)
    expect(run).toMatchObject({ named: run.removed, missing: 0 })
  })
})

describe('one image on twenty tills', () => {
  it('names every number with two contents, loses and merges nothing, and gives each till a stream of its own', async () => {
    const run = await runClones({ store, brand: 'clones', tills: 20 })
    expect(run).toMatchObject({ unaccounted: 0, notInQuarantine: 0, imageStored: run.imageUnsent, ownStreams: 40, missing: 0 })
    expect(run.forked.length).toBeGreaterThan(3)
    expect(run.named).toEqual(run.forked)
    expect(run.keptAside).toBeGreaterThan(50)
  })
})
