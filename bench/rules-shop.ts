import { compile, toRows } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, PriceRow } from '@omokit/rules'

/** A line as a shop's own table would hold it. */
export interface PlainLine {
  readonly sku: string
  readonly categories: readonly string[]
  readonly price: number
  readonly qty: number
}

/** A promotion as a shop's own table would hold it. */
export interface PlainPromotion {
  readonly id: string
  readonly categories?: readonly string[]
  readonly skus?: readonly string[]
  readonly atLeast: number
  readonly kind: 'percent' | 'fixed' | 'threshold'
  readonly value: number
}

/** When the baskets are priced. */
export const instant: number = Date.UTC(2026, 10, 22, 4)

/**
 * The shop of the benchmark: 20 lines out of 400 SKUs, each in two of 40 categories. Of N promotions a third takes a percentage
 * off a category, a third a fixed amount off a SKU, a third is a threshold discount (满减) shared over the lines, whose thresholds
 * spread from a tenth of the basket to four times it. Every promotion that holds applies, one after the other.
 */
export function shop(n: number): { lines: readonly PlainLine[]; promotions: readonly PlainPromotion[] } {
  const lines: PlainLine[] = []
  for (let i = 0; i < 20; i++)
    lines.push({ sku: `sku-${(i * 37) % 400}`, categories: [`cat-${(i * 7) % 40}`, `dept-${i % 5}`], price: 1990 + ((i * 7919) % 30000), qty: 1 + (i % 3) })
  const total = lines.reduce((sum, line) => sum + line.price * line.qty, 0)
  const promotions: PlainPromotion[] = []
  for (let i = 0; i < n; i++) {
    const id = `p${i}`
    if (i % 3 === 0) promotions.push({ id, kind: 'percent', categories: [`cat-${(i * 11) % 40}`], atLeast: 0, value: 1 + (i % 5) })
    else if (i % 3 === 1) promotions.push({ id, kind: 'fixed', skus: [`sku-${(i * 13) % 400}`], atLeast: 0, value: 10 + (i % 90) })
    else promotions.push({ id, kind: 'threshold', atLeast: Math.floor((total * (1 + ((i * 17) % 40))) / 10), value: 100 + (i % 7) * 50 })
  }
  return { lines, promotions }
}

/**
 * The straight integer loop a shop would write over those tables: every promotion filters the lines, tests its threshold and
 * takes; it keeps the total of each line and the ids that applied, no units, no funders, no reasons.
 */
export function straight(lines: readonly PlainLine[], promotions: readonly PlainPromotion[]): number {
  const net = lines.map((line) => line.price * line.qty)
  const applied: string[] = []
  for (const p of promotions) {
    const matching: number[] = []
    lines.forEach((line, l) => {
      if (p.skus && !p.skus.includes(line.sku)) return
      if (p.categories && !p.categories.some((category) => line.categories.includes(category))) return
      matching.push(l)
    })
    const sum = matching.reduce((all, l) => all + net[l]!, 0)
    if (sum === 0 || sum < p.atLeast) continue
    applied.push(p.id)
    if (p.kind === 'percent') for (const l of matching) net[l]! -= Math.floor((net[l]! * p.value * 2 + 100) / 200)
    else if (p.kind === 'fixed') for (const l of matching) net[l] = Math.max(0, net[l]! - p.value * lines[l]!.qty)
    else {
      // Shared over the lines by largest remainder, ties to the earlier line.
      const amount = Math.min(p.value, sum)
      const shares = matching.map((l) => ({ l, share: Math.floor((amount * net[l]!) / sum), rest: (amount * net[l]!) % sum }))
      const left = shares.reduce((rest, { share }) => rest - share, amount)
      const order = shares.slice().sort((a, b) => b.rest - a.rest || a.l - b.l)
      for (let i = 0; i < left; i++) order[i]!.share++
      for (const { l, share } of shares) net[l]! -= share
    }
  }
  return net.reduce((all, one) => all + one, 0)
}

/** The same shop as a rule book. */
export function asBook({ lines, promotions }: ReturnType<typeof shop>): { book: CompiledBook; basket: Basket } {
  const rules = promotions.map((p, order): BookRule => {
    const rule = { id: p.id, kind: 'promotion' as const, order }
    if (p.categories) return { ...rule, effects: [{ type: 'percentOff', on: 'lines', percent: p.value, filter: { tags: p.categories } }] }
    if (p.skus) return { ...rule, effects: [{ type: 'amountOff', per: 'qty', amount: p.value, filter: { skus: p.skus } }] }
    return { ...rule, when: [{ type: 'subtotalAtLeast', amount: p.atLeast }], effects: [{ type: 'amountOff', per: 'order', amount: p.value }] }
  })
  const rows = new Map<string, PriceRow>(lines.map(({ sku, categories, price }) => [sku, { sku, price, tags: categories }]))
  const compiled = compile({
    release: 1,
    currency: 'CNY',
    rules: toRows({ rules }),
    lists: ['base'],
    prices: (list, sku) => (list === 'base' ? rows.get(sku) : undefined),
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return { book: compiled.value, basket: { currency: 'CNY', channel: 'till', lines: lines.map(({ sku, qty }, i) => ({ id: String(i), sku, qty })) } }
}
