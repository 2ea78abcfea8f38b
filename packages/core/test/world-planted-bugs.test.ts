import { describe, expect, it } from 'vitest'
import { WorldError } from '@omokit/core/testing'
import { runOutbox } from './world/outbox-scenario'
import type { OutboxRun } from './world/outbox-scenario'
import { ackBeforeCommit, deleteBeforeAck, reuseNumbers } from './world/planted-bugs'

/** Seeds until the bug shows, and the promise it broke. */
async function hunt(plant: Omit<OutboxRun, 'seed'>): Promise<{ readonly seed: number; readonly invariant: string }> {
  for (let seed = 1; seed <= 100; seed++) {
    try {
      await runOutbox({ seed, ...plant })
    } catch (error) {
      if (error instanceof WorldError) return { seed, invariant: error.invariant }
      throw error
    }
  }
  throw new Error('not found in 100 seeds')
}

describe('a bug planted from outside is found within 100 seeds', () => {
  it('a hub that answers before it has stored', async () => {
    expect((await hunt({ hub: ackBeforeCommit })).invariant).toMatch(/^(I1|I8|I14|losses)$/)
  })

  it('a device that deletes before the hub has answered', async () => {
    expect((await hunt({ ports: deleteBeforeAck })).invariant).toMatch(/^(I1|I8|losses)$/)
  })

  it('a device that uses a number again after a crash', async () => {
    expect((await hunt({ ports: reuseNumbers })).invariant).toBe('I9')
  })
})
