import { runOutbox } from '../test/world/outbox-scenario'
import { ackBeforeCommit, deleteBeforeAck, reuseNumbers } from '../test/world/planted-bugs'
import type { OutboxRun } from '../test/world/outbox-scenario'
import { runTills } from '../test/world/till-scenario'
import { WorldError } from '@omokit/core/testing'

/**
 * Thousands of seeds of the virtual world: the outbox with 1 to 4 tabs (default 2,000 seeds), every tenth of them with 8;
 * tills with leases and commands on half as many; three planted bugs, each to be found within 100. Throws at the first
 * broken promise, with its seed.
 */
export async function prove({ share = 1, seeds = 2000 * share }: { readonly seeds?: number; readonly share?: number } = {}): Promise<Record<string, unknown>> {
  const outbox: Record<string, number> = {}
  for (let seed = 1; seed <= seeds; seed++) add(outbox, await runOutbox({ seed, ...(seed % 10 ? {} : { tabs: 8 }) }))
  const tills: Record<string, number> = {}
  for (let seed = 1; seed <= seeds / 2; seed++) add(tills, await runTills({ seed }))
  return {
    seeds,
    outbox,
    tills: { seeds: Math.floor(seeds / 2), ...tills },
    plantedFoundAtSeed: {
      ackBeforeCommit: await hunt({ hub: ackBeforeCommit }),
      deleteBeforeAck: await hunt({ ports: deleteBeforeAck }),
      reuseNumbers: await hunt({ ports: reuseNumbers }),
    },
  }
}

function add(sums: Record<string, number>, figures: object): void {
  for (const [name, value] of Object.entries(figures)) if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value
}

async function hunt(plant: Omit<OutboxRun, 'seed'>): Promise<number> {
  for (let seed = 1; seed <= 100; seed++) {
    try {
      await runOutbox({ seed, ...plant })
    } catch (error) {
      if (error instanceof WorldError) return seed
      throw error
    }
  }
  throw new Error('a planted bug was not found in 100 seeds')
}
