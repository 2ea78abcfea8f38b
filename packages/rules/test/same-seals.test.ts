import { describe, expect, it } from 'vitest'
import { noJsc, runInEngines } from '../../../scripts/engines/run'
import type { Engine } from '../../../scripts/engines/run'
import { sealsBundle } from './seals-bundle'
import { sealsOfSeeds } from './seals-of-seeds'

const count = 300
const anywhere: readonly Engine[] = ['node', 'node without a compiler', 'chromium 61 profile', 'wechat layer', 'alipay layer']

describe('the same random baskets have the same seals', () => {
  it('from the sources and in an ES2017 bundle in Node, an old profile and both mini-program layers', async () => {
    const outcomes = await runInEngines(await sealsBundle(count), anywhere)
    const answer = sealsOfSeeds(count)
    expect(outcomes).toEqual(Object.fromEntries(anywhere.map((engine) => [engine, { answer }])))
  })
  it.skipIf(noJsc)(`in JavaScriptCore, with and without a compiler${noJsc}`, async () => {
    const outcomes = await runInEngines(await sealsBundle(count), ['jsc', 'jsc without a compiler'])
    const answer = sealsOfSeeds(count)
    expect(outcomes).toEqual({ jsc: { answer }, 'jsc without a compiler': { answer } })
  })
})
