import { describe, expect, it } from 'vitest'
import { keysOf, schemaKeys } from './schema-keys'
import { expectedOf, features, firstByVector, secondByVector, vectorFiles } from './vector'

/** Every number of an answer; texts are left alone. */
function figures(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(figures) : []
}

/** Whether a text says a number: as it is, or as money with two decimals. */
function says(text: string, figure: number): boolean {
  const numbers: readonly string[] = text.replace(/(\d),(?=\d{3})/g, '$1').match(/\d+(\.\d+)?/g) ?? []
  return numbers.includes(String(figure)) || numbers.includes((figure / 100).toFixed(2))
}

describe('vectors for every language', () => {
  for (const { feature, call, vectors } of vectorFiles) {
    it.each(vectors.map((vector) => [vector.name, vector] as const))(`${feature}: %s`, (_, vector) => {
      const expected = expectedOf(call, vector.expected)
      expect(firstByVector(call, vector), vector.why).toEqual(expected)
      const second = secondByVector(call, vector)
      if (second) expect(second, vector.why).toEqual(expected)
    })
  }

  it('are there for every feature, at least five, two of them boundary cases', () => {
    expect(vectorFiles.map(({ feature }) => feature).sort()).toEqual(features.map(({ feature }) => feature).sort())
    const thin = vectorFiles.filter(({ vectors }) => vectors.length < 5 || vectors.filter(({ boundary }) => boundary).length < 2)
    expect(thin.map(({ feature, vectors }) => [feature, vectors.length, vectors.filter(({ boundary }) => boundary).length])).toEqual([])
    for (const { feature, vectors } of vectorFiles) expect(new Set(vectors.map(({ name }) => name)).size, feature).toBe(vectors.length)
  })

  it('write the figures they expect into their arithmetic', () => {
    const silent = vectorFiles.flatMap(({ feature, vectors }) =>
      vectors.flatMap(({ name, why, expected }) => {
        const missing = [...new Set(figures(expected))].filter((figure) => !says(why, figure))
        return missing.length ? [`${feature}: ${name}: ${missing}`] : []
      }),
    )
    expect(silent).toEqual([])
  })

  it('say everything a rule may say', () => {
    const said = new Set(vectorFiles.flatMap(({ vectors }) => vectors.flatMap(({ rules = [] }) => rules.flatMap((rule) => [...keysOf(rule)]))))
    expect([...schemaKeys()].filter((key) => !said.has(key))).toEqual([])
  })
})
