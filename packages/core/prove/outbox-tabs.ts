import { hunt, plants } from '../test/world/planted-bugs'
import { runOutbox } from '../test/world/outbox-scenario'

/** Figures that are highest values; the others are sums. */
const highest = /^(mostInBadMinute|drainedAfter)$/

/**
 * One to eight tabs of a device that share its storage, in the virtual world, by seed (default 2,000): kills at any await,
 * frozen tabs and tabs put away whole, answers lost, late, repeated, cut, 500, 429 with `Retry-After` in seconds or as a
 * date, storage that is full, fails or garbles, clocks that jump. The tabs also follow releases, on the same storage and by
 * way of stale, forged and empty copies. Throws at the first broken promise, with its seed. The counts say how often each
 * promise had something to hold against; every planted bug must be found within 100 seeds.
 */
export async function prove({ share = 1, seeds = 2000 * share }: { readonly seeds?: number; readonly share?: number } = {}): Promise<Record<string, unknown>> {
  const figures: Record<string, number> = {}
  const seedsByTabs: Record<number, number> = {}
  for (let seed = 1; seed <= seeds; seed++) {
    const tabs = 1 + ((seed >> 1) % 8)
    seedsByTabs[tabs] = (seedsByTabs[tabs] ?? 0) + 1
    const { counts, trace: _, ...run } = await runOutbox({ seed, tabs, releases: true })
    for (const [name, value] of Object.entries({ ...run, ...counts }))
      figures[name] = highest.test(name) ? Math.max(figures[name] ?? 0, value) : (figures[name] ?? 0) + value
  }
  const plantedFoundAtSeed: Record<string, string> = {}
  for (const [name, plant] of Object.entries(plants)) {
    const { seed, invariant } = await hunt(plant)
    if (!plant.breaks.test(invariant)) throw new Error(`${name} was taken for a breach of ${invariant}`)
    plantedFoundAtSeed[name] = `${seed} (${invariant})`
  }
  return { seeds, seedsByTabs, violations: 0, ...figures, plantedFoundAtSeed }
}
