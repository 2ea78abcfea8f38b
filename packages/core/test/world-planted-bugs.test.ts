import { describe, expect, it } from 'vitest'
import { noFaults } from '@omokit/core/testing'
import { mutantOutbox } from './world/mutant'
import { runOutbox } from './world/outbox-scenario'
import { ackAheadOnTheWay, hunt, plants, timerOf31Bits } from './world/planted-bugs'

describe('a planted bug is found within 100 seeds, by the promise it breaks', () => {
  it.each(Object.entries(plants))('%s', async (_, plant) => {
    expect((await hunt(plant)).invariant).toMatch(plant.breaks)
  })
})

describe('the outbox as it is, where a bug is planted around it', () => {
  it('does not believe an acknowledgement of what it has not sent', async () => {
    for (let seed = 1; seed <= 5; seed++) expect((await runOutbox({ seed, faults: 'none', ports: ackAheadOnTheWay })).inHub).toBeGreaterThan(0)
  })

  it('waits a hundred days without a network, and never overflows a timer', async () => {
    const run = await runOutbox({ seed: 1, faults: noFaults, tabs: 1, outage: 100 * 86_400_000, limits: { maxBackoff: 86_400_000 }, ports: timerOf31Bits })
    expect(run).toMatchObject({ appended: 15, stored: 15 })
  })

  it('refuses a plant whose place is not in the source', async () => {
    await expect(mutantOutbox({ file: 'sender.ts', from: 'no such line', to: '' })).rejects.toThrow('exactly once')
  })
})
