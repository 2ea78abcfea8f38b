import { describe, expect, it } from 'vitest'
import { noChromium } from '../../../scripts/chromium/launch'
import { runInEngines } from '../../../scripts/engines/run'
import { sealsBundle } from './seals-bundle'
import { sealsOfSeeds } from './seals-of-seeds'

const count = 300

describe.skipIf(noChromium)(`the same random baskets have the same seals${noChromium}`, () => {
  it('here and in Chromium', async () => {
    expect(await runInEngines(await sealsBundle(count), ['chromium'])).toEqual({ chromium: { answer: sealsOfSeeds(count) } })
  })
})
