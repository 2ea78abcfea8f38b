import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'
import { clientEntries } from '../../../test/guards/bundles'
import { noJsc, runInEngines } from '../../../scripts/engines/run'

const rulesTests = join(import.meta.dirname, '../../rules/test')
const everywhere = ['node', 'node without a compiler', 'chromium 61 profile', 'wechat layer', 'alipay layer'] as const
const javaScriptCore = ['jsc', 'jsc without a compiler'] as const
const sealed = (): Promise<string> =>
  bundle({ text: "import { sealsOfSeeds } from './seals-of-seeds'\nexport const answer: string = sealsOfSeeds(200)", dir: rulesTests })

describe('200 random baskets', () => {
  it('have the same seals in Node, in both logic layers and without what came after Chromium 61', async () => {
    const answers = Object.values(await runInEngines(await sealed(), everywhere)).map((outcome) => ('answer' in outcome ? outcome.answer : outcome.skipped))
    expect(answers).toHaveLength(5)
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^[\w-]{43}$/)
  })

  it.skipIf(noJsc)(`have the same seals in JavaScriptCore${noJsc}`, async () => {
    const code = await sealed()
    const { node } = await runInEngines(code, ['node'])
    const outcomes = await runInEngines(code, javaScriptCore)
    for (const engine of javaScriptCore) expect(outcomes[engine]).toEqual(node)
  })
})

describe('every client entry that a mini-program may import', () => {
  const entries = clientEntries().filter(({ everywhere: anywhere }) => anywhere)
  /** All entries in one file, which says what each gives. */
  const all = (): Promise<string> =>
    bundle({
      dir: rulesTests,
      text: ['const names: string[] = []']
        .concat(
          entries.map(
            ({ id, file }, i) => `import * as e${i} from ${JSON.stringify(file)}\nnames.push(${JSON.stringify(id)} + ': ' + Object.keys(e${i}).sort().join())`,
          ),
        )
        .concat("export const answer: string = names.join('; ')")
        .join('\n'),
    })

  it('loads in Node, in both logic layers and without what came after Chromium 61, and gives the same names', async () => {
    expect(entries.length).toBeGreaterThan(20)
    const outcomes = await runInEngines(await all(), everywhere)
    const { node } = outcomes as { node: { answer: string } }
    for (const { id } of entries) expect(node.answer).toContain(`${id}: `)
    expect(node.answer).toContain('omokit/wechat: createOmokit')
    for (const engine of everywhere) expect(outcomes[engine]).toEqual(node)
  })

  it.skipIf(noJsc)(`loads in JavaScriptCore${noJsc}`, async () => {
    const code = await all()
    const { node } = await runInEngines(code, ['node'])
    const outcomes = await runInEngines(code, javaScriptCore)
    for (const engine of javaScriptCore) expect(outcomes[engine]).toEqual(node)
  })
})

describe('the engines', () => {
  it.each([
    ['syntax after ES2017', 'exports.answer = String({ ...{ a: 1 } })', 'node'],
    ['globalThis in Alipay', 'exports.answer = String(globalThis.Array)', 'alipay layer'],
    ['a later built-in', 'exports.answer = String([[1]].flat())', 'chromium 61 profile'],
    ['BigInt', 'exports.answer = String(BigInt(1))', 'wechat layer'],
    ['new Function in WeChat', 'exports.answer = String(new Function("return 1")())', 'wechat layer'],
    ['new Function in Alipay', 'exports.answer = String(new Function("return 1")())', 'alipay layer'],
    ["a page's names", 'exports.answer = String(window.location)', 'wechat layer'],
    ['TextEncoder', 'exports.answer = String(new TextEncoder())', 'alipay layer'],
  ] as const)('refuse %s', async (_, code, engine) => {
    await expect(runInEngines(code, [engine])).rejects.toThrow()
  })

  it("let WeChat's one dynamic function pass", async () => {
    expect(await runInEngines('exports.answer = String(typeof Function("return this")().Array)', ['wechat layer'])).toEqual({
      'wechat layer': { answer: 'function' },
    })
  })
})
