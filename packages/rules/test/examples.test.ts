import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectedOf, features, firstByVector, vectorFiles } from './vector'
import type { Vector } from './vector'

interface Example {
  readonly feature: string
  readonly text: string
  readonly given: Vector
  /** What the section says comes out, in the vector's terms: a table and a total, or a block. */
  readonly result: Readonly<Record<string, unknown>>
}

const noon = Date.UTC(2026, 10, 22, 4)
/** What an example need not say. */
const quiet: object = { rules: [], instant: noon }
const till: object = { currency: 'CNY', channel: 'till' }

const fen = (text: string): number => Math.round(Number(text.replace(/,/g, '')) * 100)

function example(section: string): Example {
  const feature = /\{#([\w-]+)\}/.exec(section)?.[1] ?? ''
  const blocks = [...section.matchAll(/```json\n([\s\S]*?)\n```/g)].map(([, json = '']) => JSON.parse(json) as Vector & Example['result'])
  const last = blocks.pop() as Vector
  const { basket } = last as { readonly basket?: Vector['basket'] }
  const given: Vector = basket ? { ...quiet, ...last, basket: { ...till, ...basket } } : last
  const rows = [...section.matchAll(/^\| [^|]+ \| [^|]+ \| \d+ \| ([^|]*) \|$/gm)].map(([, units = '']) => (units.match(/[\d.]+/g) ?? []).map(fen))
  const pay = fen(/^\*\*\D+([\d.,]+)\*\*/m.exec(section)?.[1] ?? 'NaN')
  return { feature, text: section.replace(/```json[\s\S]*?```/g, ''), given, result: blocks[0] ?? { unitNet: rows, pay } }
}

const page = (language: string): readonly Example[] =>
  readFileSync(join(import.meta.dirname, '../../../docs', language, 'rules/examples.md'), 'utf8')
    .split(/^## (?=.*\{#)/m)
    .slice(1)
    .map(example)

describe.each(['zh', 'en'])('the page of examples in %s', (language) => {
  const examples = page(language)

  it('has one for every feature', () => {
    expect(examples.map(({ feature }) => feature)).toEqual(features.map(({ feature }) => feature))
  })

  it.each(examples.map((one) => [one.feature, one] as const))('%s comes out as it says', (feature, { text, given, result }) => {
    const call = vectorFiles.find((file) => file.feature === feature)?.call ?? 'quote'
    const answer = firstByVector(call, { ...given, expected: result })
    expect(expectedOf(call, answer)).toMatchObject(expectedOf(call, { ...answer, ...result }))
    const numbers = text.replace(/(\d),(?=\d{3})/g, '$1').match(/\d+(\.\d+)?/g) ?? []
    // The sentence says what the result says: of a quote the total, and points, gifts and refusals below the table.
    if (call === 'quote' && 'pay' in answer) {
      const [sentence = ''] = text.split('\n\n').slice(1)
      expect(sentence).toContain((Number(answer['pay']) / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ','))
      for (const key of ['earned', 'burned'] as const) if (answer[key]) expect(numbers).toContain(String(answer[key]))
      for (const [, code] of answer['rejected'] as readonly string[][]) expect(text).toContain(`\`${code}\``)
      for (const [, sku] of answer['gifts'] as readonly string[][]) expect(text).toContain(`${sku} × `)
    }
  })
})

describe('the pages of examples in two languages', () => {
  it('give the same and get the same', () => {
    const plain = ({ feature, given, result }: Example): object => ({ feature, given, result })
    expect(page('zh').map(plain)).toEqual(page('en').map(plain))
  })
})
