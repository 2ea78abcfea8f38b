import { describe, expect, it } from 'vitest'
import { launchChromium, noChromium } from '../../../scripts/chromium/launch'
import { sealsScript } from './same-seals'
import { sealsOfSeeds } from './seals-of-seeds'

const count = 300

describe.skipIf(noChromium)(`the same random baskets have the same seals${noChromium}`, () => {
  it('here and in Chromium', async () => {
    const chromium = await launchChromium()
    try {
      const page = await chromium.context.newPage()
      await page.addScriptTag({ content: await sealsScript(count, 'text => { document.title = text }') })
      expect(await page.title()).toBe(sealsOfSeeds(count))
    } finally {
      await chromium.close()
    }
  })
})
