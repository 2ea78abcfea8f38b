import { runOutbox } from '../test/world/outbox-scenario'
import { hunt, plants } from '../test/world/planted-bugs'
import { runTills } from '../test/world/till-scenario'

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
      ackBeforeCommit: (await hunt(plants.ackBeforeCommit)).seed,
      deleteBeforeAck: (await hunt(plants.deleteBeforeAck)).seed,
      reuseNumbers: (await hunt(plants.reuseNumbers)).seed,
    },
  }
}

function add(sums: Record<string, number>, figures: object): void {
  for (const [name, value] of Object.entries(figures)) if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value
}
