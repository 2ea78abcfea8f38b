import { describe, expect, it } from 'vitest'
import { jsc, noJsc, runScript, sealsScript } from './same-seals'
import { sealsOfSeeds } from './seals-of-seeds'

const count = 300

describe('the same random baskets have the same seals', () => {
  it('here and in an ES2017 bundle in a Node without a compiler', async () => {
    const script = await sealsScript(count, 'text => process.stdout.write(text)')
    expect(runScript(process.execPath, ['--jitless'], script)).toBe(sealsOfSeeds(count))
  })
  it.skipIf(noJsc)(`in JavaScriptCore without a compiler${noJsc}`, async () => {
    expect(runScript(jsc, ['--useJIT=false'], await sealsScript(count, 'text => print(text)'))).toBe(sealsOfSeeds(count))
  })
})
