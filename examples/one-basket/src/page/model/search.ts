import { readBarcode } from '@omokit/rules/barcode'
import type { Article } from '../../brand/catalogue'

/** An article that fits what was typed or scanned; `grams` when a scale label or the shopper said how much. */
export interface Match {
  readonly article: Article
  readonly grams?: number
}

/** The brand's scale: flag 22, five digits PLU, five digits grams. */
const scale = [
  {
    flag: '22',
    fields: [
      ['plu', 5],
      ['grams', 5],
    ],
  },
] as const

/**
 * Finds articles by name, SKU, GTIN or scale label. A number at the end is grams for a weighed article: "蜜柚 800".
 *
 * @param most how many are wanted
 */
export function search(articles: readonly Article[], typed: string, most = 6): readonly Match[] {
  const text = typed.trim().toLowerCase()
  if (!text) return []
  const label = readBarcode(text, scale, (plu) => {
    const weighed = articles.find((article) => article.plu === plu)
    return weighed && { sku: weighed.sku, pricePerKg: weighed.price }
  })
  if (label.ok) return articles.filter(({ sku }) => sku === label.value.sku).map((article) => ({ article, grams: label.value.grams }))
  const [, words = text, amount] = /^(.*\S)\s+(\d{1,5})\s*(?:g|克)?$/.exec(text) ?? []
  const grams = Number(amount)
  const fitting = (wanted: string): readonly Article[] =>
    articles.filter(({ sku, gtin, plu, name, nameEn }) => [sku, gtin ?? '', plu ?? '', name, nameEn].some((field) => field.toLowerCase().includes(wanted)))
  const weighed = amount === undefined || grams <= 0 ? [] : fitting(words).filter((article) => article.weighed)
  return [...weighed.map((article) => ({ article, grams })), ...fitting(text).map((article) => ({ article }))].slice(0, most)
}
