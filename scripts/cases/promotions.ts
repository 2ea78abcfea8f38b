import { readFileSync } from 'node:fs'
import { compile, explain } from '@omokit/rules'
import type { Basket, BookRule, Condition, Effect, Filter, PriceRow, Quote, RuleBook, SettingsRule, Tier } from '@omokit/rules'

/** Answer of a case runner: `lines` say what differed. */
export interface CaseReport {
  readonly passed: number
  readonly failed: number
  readonly lines: readonly string[]
}

/** A loose object of a case file. */
// biome-ignore lint/suspicious/noExplicitAny: the file is outside data of any shape
export type Loose = { readonly [key: string]: any }

/** What a case becomes: a book, price lists and a basket. */
export interface Translated {
  readonly book: RuleBook
  readonly lists: Readonly<Record<string, Readonly<Record<string, PriceRow>>>>
  readonly basket: Basket
  readonly instant: number
}

/**
 * The promotion vocabulary in omokit's terms, whole:
 * - a case may give one SKU two prices, a price book cannot: line i becomes the SKU `<sku>~<i>` and every SKU filter names all of them;
 * - categories are tags; `onSale` is a crossed-out price one above the price; `floorUnitMinor` is the list `floor`;
 * - customer groups are audience tags; entered codes are codes; a guest has no `priorOrders`;
 * - `amountOff` per unit is measured on the line as a whole: omokit's `qty`;
 * - `roundOn: "price"` is the rounding `half-down` of the discount: the rest goes half up;
 * - the list position of a promotion is its `order`.
 */
export function translate(test: Loose): Translated {
  const context = test.context as Loose
  const lines = test.lines as readonly Loose[]
  const base: Record<string, PriceRow> = {}
  const floor: Record<string, PriceRow> = {}
  lines.forEach((line, i) => {
    const sku = `${line.sku}~${i}`
    base[sku] = { sku, price: line.unitPriceMinor, tags: line.categories ?? [], ...(line.onSale ? { list: line.unitPriceMinor + 1 } : {}) }
    if (line.floorUnitMinor !== undefined) floor[sku] = { sku, price: line.floorUnitMinor }
  })
  const words = vocabulary(lines)
  const settings: BookRule = {
    id: 'settings',
    kind: 'settings',
    ...(context.allocation && context.allocation !== 'any' ? { allocation: context.allocation as NonNullable<SettingsRule['allocation']> } : {}),
    ...(context.roundOn === 'price' ? { rounding: 'half-down' as const } : {}),
    ...(context.combine ? { combine: context.combine as NonNullable<SettingsRule['combine']> } : {}),
  }
  const promotions = (test.promotions as readonly Loose[]).map((p, order): BookRule => ({ id: p.id, kind: 'promotion', order, ...words.promotion(p) }))
  return {
    book: { rules: [settings, ...promotions] },
    lists: { base, floor },
    basket: basketOf(test),
    instant: Date.parse(context.now),
  }
}

function basketOf(test: Loose): Basket {
  const context = test.context as Loose
  const usage: Record<string, { total: number; mine: number; spent: number }> = {}
  for (const p of test.promotions as readonly Loose[])
    usage[p.id] = { total: context.usage?.[p.id]?.total ?? 0, mine: context.usage?.[p.id]?.byCustomer ?? 0, spent: p.budgetUsedMinor ?? 0 }
  return {
    currency: context.currency,
    channel: context.channel ?? 'none',
    lines: (test.lines as readonly Loose[]).map((line, i) => ({ id: String(i), sku: `${line.sku}~${i}`, qty: line.qty })),
    usage,
    ...(context.codes ? { codes: context.codes } : {}),
    ...(context.customer ? { audience: context.customer.groups ?? [], priorOrders: context.customer.priorOrders ?? 0 } : {}),
    ...(context.shippingMinor !== undefined || context.shippingMethod !== undefined
      ? { shipping: { amount: context.shippingMinor ?? 0, ...(context.shippingMethod === undefined ? {} : { method: context.shippingMethod }) } }
      : {}),
  }
}

/** Filters, conditions and effects of the vocabulary for the lines of one case; the extension builds on it. */
export function vocabulary(lines: readonly Loose[]): {
  readonly filter: (f: Loose | undefined) => { filter?: Filter }
  readonly condition: (c: Loose) => Condition
  readonly promotion: (p: Loose) => Loose & { effects: Effect[] }
} {
  const skus = (names: readonly string[]): string[] => {
    const found = lines.map((line, i) => [line.sku as string, `${line.sku}~${i}`] as const).filter(([sku]) => names.includes(sku))
    return found.length ? found.map(([, sku]) => sku) : ['~']
  }
  const filter = (f: Loose | undefined): { filter?: Filter } =>
    f
      ? {
          filter: defined({
            skus: f.skus && skus(f.skus),
            notSkus: f.notSkus && skus(f.notSkus),
            tags: f.categories && (f.categories.length ? f.categories : ['~']),
            notTags: f.notCategories?.length ? f.notCategories : undefined,
            priceMin: f.unitPriceMinMinor,
            priceMax: f.unitPriceMaxMinor,
            notOnSale: f.notOnSale,
            notMemberPriced: f.notMemberPriced,
          }) as Filter,
        }
      : {}
  const condition = (c: Loose): Condition => {
    switch (c.type) {
      case 'subtotalAtLeast':
        return { type: c.type, amount: c.minor, ...filter(c.filter), ...(c.basis ? { basis: c.basis } : {}) }
      case 'qtyAtLeast':
        return { type: c.type, qty: c.qty, ...filter(c.filter) }
      case 'contains':
        return { type: c.type, filter: {}, ...filter(c.filter) }
      case 'customerGroup':
        return { type: 'audience', anyOf: c.anyOf }
      case 'nthOrder':
        return { type: c.type, n: c.n }
      default:
        return { type: c.type, anyOf: c.anyOf }
    }
  }
  const tiers = (list: readonly Loose[]): Tier[] =>
    list.map((tier) => defined({ from: tier.from, amount: tier.amountMinor, percent: tier.percent, cap: tier.capMinor }) as Tier)
  const effect = (e: Loose): Effect => {
    const out = defined({
      ...e,
      per: e.type === 'amountOff' && e.per === 'unit' ? 'qty' : e.per,
      by: e.type === 'buyGet' ? e.order : undefined,
      order: undefined,
      amount: e.amountMinor,
      cap: e.capMinor,
      price: e.priceMinor,
      every: e.everyMinor,
      first: e.firstMinor,
      next: e.nextMinor,
      size: e.groupSize,
      tiers: e.tiers && tiers(e.tiers),
      items: e.items?.map((item: Loose) => ({ qty: item.qty, ...filter(item.filter) })),
      buy: typeof e.buy === 'object' ? { qty: e.buy.qty, ...filter(e.buy.filter) } : e.buy,
      get: typeof e.get === 'object' ? defined({ qty: e.get.qty, percent: e.get.percent, ...filter(e.get.filter) }) : e.get,
      ...{
        amountMinor: undefined,
        capMinor: undefined,
        priceMinor: undefined,
        everyMinor: undefined,
        firstMinor: undefined,
        nextMinor: undefined,
        groupSize: undefined,
      },
      ...filter(e.filter),
    })
    return out as unknown as Effect
  }
  const promotion = (p: Loose): Loose & { effects: Effect[] } =>
    defined({
      stage: p.stage,
      priority: p.priority,
      exclusive: p.exclusive,
      from: time(p.validFrom),
      until: time(p.validUntil),
      channels: p.channels,
      codes: p.codes,
      codeUntil: time(p.codeUntil),
      limits: p.limits,
      budget: p.budgetMinor,
      when: (p.when ?? []).map(condition),
      effects: (p.effects ?? []).map(effect),
    }) as Loose & { effects: Effect[] }
  return { filter, condition, promotion }
}

const time = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text))

/** The object without its undefined keys. */
export const defined = (from: Loose): Loose => Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined))

/** Reasons of the vocabulary are omokit's codes in camel case. */
export const reasonOf = (code: string): string => code.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** Quotes a translated case with every refusal. */
export function quoteCase({ book, lists, basket, instant }: Translated): Quote {
  const compiled = compile({ release: 1, currency: basket.currency, rules: book, prices: (list, sku) => lists[list]?.[sku], lists: Object.keys(lists) })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  const quoted = explain(compiled.value, basket, instant)
  if (!quoted.ok) throw new Error(JSON.stringify(quoted.issues))
  return quoted.value
}

/** Runs a file of promotion cases. */
export function run(file: string): CaseReport {
  return runCases(file, (test) => {
    const quote = quoteCase(translate(test))
    return {
      lineDiscountsMinor: quote.lines.map((line) => line.discount),
      orderDiscountMinor: quote.totals.orderDiscount,
      shippingDiscountMinor: quote.totals.shippingDiscount,
      totalMinor: quote.totals.total,
      appliedIds: quote.applied.map((one) => one.rule),
      rejected: quote.rejected.map(({ rule, code }) => ({ id: rule, reason: reasonOf(code) })),
    }
  })
}

/** Compares the expected keys of every case with the answer. */
export function runCases(file: string, answer: (test: Loose) => Loose): CaseReport {
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Loose[] }
  const lines: string[] = []
  let passed = 0
  for (const test of cases) {
    let wrong: string[]
    try {
      const got = answer(test)
      wrong = Object.keys(test.expected)
        .filter((key) => comparable(key, got[key]) !== comparable(key, test.expected[key]))
        .map((key) => `${test.id}: ${key} is ${JSON.stringify(got[key])}, expected ${JSON.stringify(test.expected[key])}`)
    } catch (error) {
      wrong = [`${test.id}: ${String(error)}`]
    }
    if (wrong.length) lines.push(...wrong)
    else passed++
  }
  return { passed, failed: cases.length - passed, lines }
}

/** The order of refusals means nothing. */
const comparable = (key: string, value: unknown): string =>
  key === 'rejected' && Array.isArray(value) ? JSON.stringify(value.map((one: Loose) => `${one.id} ${one.reason}`).sort()) : JSON.stringify(value)
