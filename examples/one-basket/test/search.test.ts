import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/brand/catalogue'
import { search } from '../src/page/model/search'

const articles = catalogue()
const find = (typed: string): readonly (readonly [string, number | undefined])[] => search(articles, typed).map(({ article, grams }) => [article.sku, grams])

describe('the search box', () => {
  it('finds by part of a name in either language, by SKU and by GTIN', () => {
    expect(find('紫砂壶')).toHaveLength(3)
    expect(find('yixing pot, cel')).toEqual([['WAR005', undefined]])
    expect(find('tea006')).toEqual([['TEA006', undefined]])
    expect(find(articles[10]?.gtin ?? '')).toEqual([[articles[10]?.sku, undefined]])
  })

  it('takes grams after the name of a weighed article', () => {
    expect(find('蜜柚 800')[0]).toEqual(['FRT010', 800])
    expect(find('pomelo 800 g')[0]).toEqual(['FRT010', 800])
    expect(find('龙井 50').every(([, grams]) => grams === undefined)).toBe(true)
  })

  it('reads the label of the scale', () => {
    const plu = articles.find(({ sku }) => sku === 'FRT010')?.plu ?? ''
    const body = `22${plu}02310`
    const sum = [...body].reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 3 : 1), 0)
    expect(find(`${body}${(10 - (sum % 10)) % 10}`)).toEqual([['FRT010', 2310]])
  })

  it('answers nothing to nothing and to what is not sold', () => {
    expect(find('  ')).toEqual([])
    expect(find('咖啡机 9999 台')).toEqual([])
  })
})
