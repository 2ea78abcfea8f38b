import { bound, runDays } from '../test/world/days-scenario'

/**
 * 50,000 facts on a till that stands without a network for three days of virtual time, with a clock that is a day behind
 * and is set forwards and backwards, kills and reboots; then the network is back (default one run; `seeds` for more). Throws
 * when a fact is missing, came twice or out of order, or when a time vouched for by the server is off by more than `bound`.
 */
export async function prove({ share = 1, seeds = 1 }: { readonly seeds?: number; readonly share?: number } = {}): Promise<Record<string, unknown>> {
  const runs: object[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    const run = await runDays({ seed, facts: Math.ceil(50_000 * share), days: 3 })
    if (run.lost || run.twice || run.outOfOrder || run.floorsAhead) throw new Error(`seed ${seed}: ${JSON.stringify(run)}`)
    runs.push(run)
  }
  return { seeds, boundMs: bound, ...(seeds === 1 ? runs[0] : { runs }) }
}
