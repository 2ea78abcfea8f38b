import { hunt, plants } from '../test/world/planted-bugs'
import { runOutbox } from '../test/world/outbox-scenario'
import type { OutboxFigures } from '../test/world/outbox-scenario'
import { huntPage, huntShopper, pagePlants, runPages, runShoppers, shopperPlants } from '../test/world/page-outbox'

/** Figures that are highest values; the others are sums. */
const highest = /^(mostInBadMinute|drainedAfter)$/

/**
 * One to eight tabs of a device that share its storage, in the virtual world, by seed (default 2,000): kills at any await,
 * frozen tabs and tabs put away whole, answers lost, late, repeated, cut, 500, 429 with `Retry-After` in seconds or as a
 * date, storage that is full, fails or garbles, clocks that jump. The tabs also follow releases, on the same storage and by
 * way of stale, forged and empty copies. Under `pages` the same seeds with the outbox of a page of events in each tab, under
 * `shoppers` with that of a page that asks for consent. Throws at the first broken promise, with its seed. The counts say how
 * often each promise had something to hold against; every planted bug must be found within 100 seeds, in a page within 300.
 */
export async function prove({ share = 1, seeds = 2000 * share }: { readonly seeds?: number; readonly share?: number } = {}): Promise<Record<string, unknown>> {
  const seedsByTabs: Record<number, number> = {}
  const runs = createSums()
  const pages = createSums()
  const shoppers = createSums()
  for (let seed = 1; seed <= seeds; seed++) {
    const tabs = 1 + ((seed >> 1) % 8)
    seedsByTabs[tabs] = (seedsByTabs[tabs] ?? 0) + 1
    runs.add(await runOutbox({ seed, tabs, releases: true }))
    pages.add(await runPages({ seed, tabs }))
    shoppers.add(await runShoppers({ seed, tabs }))
  }
  const plantedFoundAtSeed: Record<string, string> = {}
  for (const [name, plant] of Object.entries(plants)) plantedFoundAtSeed[name] = found(name, plant.breaks, await hunt(plant))
  const plantedInPages: Record<string, string> = {}
  for (const [name, plant] of Object.entries(pagePlants)) plantedInPages[name] = found(name, plant.breaks, await huntPage(plant))
  const plantedInShoppers: Record<string, string> = {}
  for (const [name, plant] of Object.entries(shopperPlants)) plantedInShoppers[name] = found(name, plant.breaks, await huntShopper(plant))
  return {
    seeds,
    seedsByTabs,
    violations: 0,
    ...runs.figures,
    plantedFoundAtSeed,
    pages: { seeds, violations: 0, ...pages.figures, plantedFoundAtSeed: plantedInPages },
    shoppers: { seeds, violations: 0, ...shoppers.figures, plantedFoundAtSeed: plantedInShoppers },
  }
}

/** Figures of many runs: sums, and the highest of what has no sum. */
function createSums(): { readonly figures: Record<string, number>; add(run: OutboxFigures): void } {
  const figures: Record<string, number> = {}
  return {
    figures,
    add({ counts, ...run }) {
      for (const [name, value] of Object.entries({ ...run, ...counts })) {
        if (typeof value !== 'number') continue
        figures[name] = highest.test(name) ? Math.max(figures[name] ?? 0, value) : (figures[name] ?? 0) + value
      }
    },
  }
}

function found(name: string, breaks: RegExp, { seed, invariant }: { readonly seed: number; readonly invariant: string }): string {
  if (!breaks.test(invariant)) throw new Error(`${name} was taken for a breach of ${invariant}`)
  return `${seed} (${invariant})`
}
