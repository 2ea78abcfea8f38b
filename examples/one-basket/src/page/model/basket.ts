import type { BasketLine } from '@omokit/rules'
import type { Article } from '../../brand/catalogue'

/** The one basket that all four channels price. */
export interface SharedBasket {
  lines(): readonly BasketLine[]
  /** Puts one more in, or this many grams of a weighed article. */
  add(article: Article, grams?: number): void
  /** More or less of it; nothing left takes the line away. */
  step(sku: string, by: 1 | -1): void
}

const usualGrams = 500
const gramStep = 100
const mostLines = 40

/** Tea and a snack for 满减, teaware at 10 % off, a pomelo from the scale. */
const atFirst: readonly BasketLine[] = [
  { id: 'TEA006', sku: 'TEA006', qty: 2 },
  { id: 'SNK006', sku: 'SNK006', qty: 1 },
  { id: 'WAR001', sku: 'WAR001', qty: 1 },
  { id: 'FRT010', sku: 'FRT010', qty: 1, grams: 2310 },
]

export function createBasket(): SharedBasket {
  let lines = atFirst
  const replace = (sku: string, change: (line: BasketLine) => BasketLine | undefined): void => {
    lines = lines.map((line) => (line.sku === sku ? change(line) : line)).filter((line) => line !== undefined)
  }
  return {
    lines: () => lines,
    add({ sku, weighed }, grams = usualGrams) {
      if (lines.some((line) => line.sku === sku))
        replace(sku, (line) => (line.grams === undefined ? { ...line, qty: line.qty + 1 } : { ...line, grams: line.grams + grams }))
      else if (lines.length < mostLines) lines = [...lines, { id: sku, sku, qty: 1, ...(weighed ? { grams } : {}) }]
    },
    step(sku, by) {
      replace(sku, (line) => {
        if (line.grams === undefined) return line.qty + by > 0 ? { ...line, qty: line.qty + by } : undefined
        return line.grams + by * gramStep > 0 ? { ...line, grams: line.grams + by * gramStep } : undefined
      })
    },
  }
}
