import { launchChromium, noChromium } from '../../../scripts/chromium/launch'
import { jsc, noJsc, runScript, sealsScript } from '../test/same-seals'
import { sealsOfSeeds } from '../test/seals-of-seeds'

/** The same `seeds` random baskets have the same seals on every runtime there is here. */
export async function prove({
  share = 1,
  seeds = Math.round(1000 * share),
}: {
  readonly seeds?: number
  readonly share?: number
} = {}): Promise<Record<string, unknown>> {
  const here = sealsOfSeeds(seeds)
  const found: Record<string, string> = {
    nodeJitless: runScript(process.execPath, ['--jitless'], await sealsScript(seeds, 'text => process.stdout.write(text)')),
  }
  if (!noJsc) found['javaScriptCoreWithoutJit'] = runScript(jsc, ['--useJIT=false'], await sealsScript(seeds, 'text => print(text)'))
  if (!noChromium) {
    const chromium = await launchChromium()
    const page = await chromium.context.newPage()
    await page.addScriptTag({ content: await sealsScript(seeds, 'text => { document.title = text }') })
    found['chromium'] = await page.title()
    await chromium.close()
  }
  for (const [runtime, hash] of Object.entries(found)) if (hash !== here) throw new Error(`${runtime} has other seals: ${hash}, not ${here}`)
  return { seeds, hash: here, runtimes: ['node', ...Object.keys(found)] }
}
