import { describe, expect, it } from 'vitest'
import { books } from '../src/brand/brand'
import { catalogue } from '../src/brand/catalogue'

/** GS1 General Specifications 7.9: weights 1 and 3 from the left over all thirteen digits, a multiple of ten. */
const holds = (gtin: string): boolean => [...gtin].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 ? 3 : 1), 0) % 10 === 0

describe('the demo catalogue', () => {
  const articles = catalogue()

  it('has about 200 articles in a dozen families, some of them weighed', () => {
    expect(articles.length).toBeGreaterThanOrEqual(190)
    expect(articles.length).toBeLessThanOrEqual(240)
    expect(new Set(articles.map(({ category }) => category)).size).toBeGreaterThanOrEqual(10)
    expect(articles.filter(({ weighed }) => weighed).length).toBeGreaterThanOrEqual(10)
  })

  it('gives each article one GTIN-13 with a right check digit, or a five-digit PLU when it is weighed', () => {
    for (const { gtin, plu, weighed, sku } of articles) {
      if (weighed) expect([sku, gtin, /^\d{5}$/.test(plu ?? '')]).toEqual([sku, undefined, true])
      else expect([sku, plu, /^690\d{10}$/.test(gtin ?? '') && holds(gtin ?? '')]).toEqual([sku, undefined, true])
    }
  })

  it('names no article, barcode or PLU twice', () => {
    for (const field of ['sku', 'gtin', 'plu', 'name', 'nameEn'] as const) {
      const values = articles.map((article) => article[field]).filter((value) => value !== undefined)
      expect([field, new Set(values).size]).toEqual([field, values.length])
    }
  })

  it('prices everything in whole fen, gold members never above the rest', () => {
    for (const { sku, price, goldPrice } of articles) expect([sku, Number.isInteger(price) && price > 0 && (goldPrice ?? 0) <= price]).toEqual([sku, true])
    expect(books({ TEA001: 100 })['price/tier-gold']?.find(([sku]) => sku === 'TEA001')?.[1]).toBe(100)
  })
})
