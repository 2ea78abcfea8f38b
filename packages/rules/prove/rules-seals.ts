import { runInEngines } from '../../../scripts/engines/run'
import { sealsBundle } from '../test/seals-bundle'
import { sealsOfSeeds } from '../test/seals-of-seeds'

/**
 * The same `seeds` random baskets have the same seals from the sources in Node and from an ES2017 bundle in every engine there is
 * here: Node, Chromium, both mini-program layers, JavaScriptCore, with and without a compiler.
 */
export async function prove({
  share = 1,
  seeds = Math.round(1000 * share),
}: {
  readonly seeds?: number
  readonly share?: number
} = {}): Promise<Record<string, unknown>> {
  const here = sealsOfSeeds(seeds)
  const engines: string[] = ['sources in node']
  const skipped: string[] = []
  for (const [engine, outcome] of Object.entries(await runInEngines(await sealsBundle(seeds)))) {
    if ('skipped' in outcome) skipped.push(engine)
    else if (outcome.answer !== here) throw new Error(`${engine} has other seals: ${outcome.answer}, not ${here}`)
    else engines.push(engine)
  }
  return { seeds, hash: here, engines, skipped }
}
