import { runStory } from '../world/story'
import { openMemoryStore } from '../../packages/hub/test/support/memory-store'

/**
 * The story with the real hub on PGlite under `seeds` seeds of faults (default 200). Throws at the first broken promise,
 * with its seed.
 */
export async function prove({ share = 1, seeds = 200 * share }: { readonly seeds?: number; readonly share?: number } = {}): Promise<Record<string, unknown>> {
  const store = await openMemoryStore()
  try {
    const sums = { facts: 0, printed: 0, refusals: 0, kills: 0, requests: 0 }
    const findings: Record<string, number> = {}
    for (let seed = 1; seed <= seeds; seed++) {
      const run = await runStory({ seed, store, brand: `story-${seed}` })
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += run[name]
      for (const code of run.findings) findings[code] = (findings[code] ?? 0) + 1
    }
    return { seeds, ...sums, violations: 0, findings }
  } finally {
    await store.close()
  }
}
