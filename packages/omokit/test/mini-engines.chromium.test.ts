import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'
import { noChromium } from '../../../scripts/chromium/launch'
import { runInEngines } from '../../../scripts/engines/run'

it.skipIf(noChromium)(`200 random baskets have the same seals in Chromium${noChromium}`, async () => {
  const code = await bundle({
    text: "import { sealsOfSeeds } from './seals-of-seeds'\nexport const answer: string = sealsOfSeeds(200)",
    dir: join(import.meta.dirname, '../../rules/test'),
  })
  const { node, chromium } = await runInEngines(code, ['node', 'chromium'])
  expect(chromium).toEqual(node)
})
