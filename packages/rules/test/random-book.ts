import type { Basket, BookRule, Condition, Effect, Filter, PriceRow } from '@omokit/rules'

/** A random book, price lists and basket, small enough that rules meet. */
export interface RandomCase {
  readonly rules: readonly BookRule[]
  readonly lists: Readonly<Record<string, Readonly<Record<string, PriceRow>>>>
  readonly basket: Basket
  readonly instant: number
}

/** A seeded generator (mulberry32), the same everywhere. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const skus = ['A', 'B', 'C', 'D', 'E', 'F']
const tags = ['x', 'y', 'z']
const shanghai = [[0, 28800]] as const

/** Makes the case of a seed. `kinds` limits which effects appear. */
export function randomCase(seed: number, kinds?: readonly Effect['type'][]): RandomCase {
  const random = seeded(seed)
  const int = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const chance = (p: number): boolean => random() < p
  const one = <T>(list: readonly T[]): T => list[int(0, list.length - 1)] as T
  const few = <T>(list: readonly T[]): T[] => {
    const picked = list.filter(() => chance(0.45))
    return picked.length ? picked : [one(list)]
  }
  const money = (): number => one([int(0, 300), int(0, 3000), int(1, 60) * 100, int(0, 20000)])
  const percent = (): number => one([10, 50, 33, 100, 0, 12.5, 7.25, int(0, 100), int(1, 9999) / 100])
  const maybe = <T extends object>(p: number, make: () => T): T | Record<string, never> => (chance(p) ? make() : {})
  const filter = (p = 0.6): { filter?: Filter } =>
    maybe(p, () => ({
      filter: {
        ...maybe(0.4, () => ({ skus: few(skus) })),
        ...maybe(0.5, () => ({ tags: few(tags) })),
        ...maybe(0.15, () => ({ notSkus: few(skus) })),
        ...maybe(0.15, () => ({ notTags: [one(tags)] })),
        ...maybe(0.1, () => ({ priceMin: money() })),
        ...maybe(0.1, () => ({ priceMax: 3000 + money() })),
        ...maybe(0.1, () => ({ notOnSale: true })),
        ...maybe(0.1, () => ({ notMemberPriced: true })),
      },
    }))
  const tiers = (from: () => number): { from: number; amount?: number; percent?: number; cap?: number }[] =>
    [1, 2, 3]
      .slice(0, int(1, 3))
      .map(() => ({ from: from(), ...(chance(0.5) ? { amount: money() } : { percent: percent() }), ...maybe(0.3, () => ({ cap: money() })) }))
  const measured = (): object => {
    const qty = chance(0.3)
    return maybe(0.3, () => ({ tiers: tiers(() => (qty ? int(0, 6) : int(0, 9000))), ...(qty ? { measure: 'qty' } : {}) }))
  }
  const times = (): object => maybe(0.3, () => ({ maxTimes: int(1, 3) }))
  const effects: Readonly<Record<Effect['type'], () => object>> = {
    percentOff: () => ({
      on: one(['lines', 'lines', 'order', 'shipping']),
      ...maybe(0.9, () => ({ percent: percent() })),
      ...maybe(0.2, () => ({ roundPer: 'unit' })),
      ...maybe(0.2, () => ({ maxUnits: int(0, 4) })),
      ...maybe(0.3, () => ({ cap: money() })),
      ...measured(),
      ...filter(),
    }),
    amountOff: () => ({
      per: one(['unit', 'qty', 'line', 'order', 'order', 'shipping']),
      ...maybe(0.9, () => ({ amount: money() })),
      ...maybe(0.2, () => ({ maxUnits: int(0, 4) })),
      ...measured(),
      ...filter(),
    }),
    amountByUnit: () => ({ first: money(), next: int(0, 300), ...maybe(0.4, () => ({ maxUnits: int(0, 4) })), ...filter() }),
    unitGroups: () => ({ size: int(1, 4), ...(chance(0.5) ? { amount: int(0, 900) } : { percent: percent() }), ...measured(), ...filter() }),
    buyGet: () => ({
      buy: { qty: int(1, 2), ...filter() },
      get: { qty: int(1, 2), ...filter(), ...maybe(0.5, () => ({ percent: percent() })) },
      ...maybe(0.4, () => ({ by: 'line-amount-desc' })),
    }),
    everyAmountOff: () => ({ every: int(1, 5000), amount: int(0, 900), ...times(), ...maybe(0.3, () => ({ cap: money() })), ...filter() }),
    tieredOff: () => {
      const qty = chance(0.3)
      return { tiers: tiers(() => (qty ? int(0, 6) : int(0, 9000))), ...(qty ? { measure: 'qty' } : {}), ...filter() }
    },
    nthPercent: () => ({ n: int(1, 3), percent: percent(), ...maybe(0.4, () => ({ scope: 'line' })), ...maybe(0.3, () => ({ repeat: false })), ...filter() }),
    buyXGetY: () => ({
      buy: int(1, 2),
      get: int(1, 2),
      pick: one(['cheapest', 'dearest', 'group']),
      ...maybe(0.5, () => ({ percent: percent() })),
      ...times(),
      ...filter(),
    }),
    bundlePrice: () => ({ items: [1, 2].slice(0, int(1, 2)).map(() => ({ qty: int(1, 2), ...filter(0.9) })), price: money(), ...times() }),
    nForPrice: () => ({ n: int(1, 3), price: money(), ...maybe(0.5, () => ({ pick: one(['cheapest', 'dearest']) })), ...times(), ...filter() }),
    addOn: () => ({ price: money(), ...maybe(0.5, () => ({ maxUnits: int(1, 3) })), ...filter() }),
    priceTo: () => ({ price: money(), ...maybe(0.5, () => ({ maxUnits: int(1, 3) })), ...filter() }),
    gift: () => ({ sku: one(skus), qty: 1 }),
  }
  const types = kinds ?? (Object.keys(effects) as Effect['type'][])
  const effect = (): Effect => {
    const type = one(types)
    return { type, ...effects[type]() } as Effect
  }
  const condition = (deep = 0): Condition =>
    one<() => Condition>([
      () => ({ type: 'subtotalAtLeast', amount: int(0, 9000), ...filter(), ...maybe(0.3, () => ({ basis: 'original' as const })) }),
      () => ({ type: 'qtyAtLeast', qty: int(1, 6), ...filter() }),
      () => ({ type: 'contains', filter: filter(1).filter as Filter }),
      () => ({ type: 'audience', anyOf: ['vip'] }),
      () => ({ type: 'nthOrder', n: int(1, 2) }),
      () => (deep > 1 ? { type: 'firstOrder' } : { type: one(['all', 'any'] as const), of: [condition(deep + 1), condition(deep + 1)] }),
      () => (deep > 1 ? { type: 'payment', anyOf: ['cash'] } : { type: 'not', of: condition(deep + 1) }),
      () => ({ type: 'birthdayMonth', zone: shanghai }),
    ])()
  const instant = Date.UTC(2026, 10, 22, int(0, 23), int(0, 59), int(0, 59)) + int(0, 999)
  const scope = (): object => ({
    ...maybe(0.05, () => ({ from: instant + int(-1, 1) })),
    ...maybe(0.05, () => ({ until: instant + int(-1, 1) })),
    ...maybe(0.05, () => ({ channels: [one(['web', 'till'])] })),
    ...maybe(0.05, () => ({ stores: [one(['s1', 's2'])] })),
    ...maybe(0.1, () => ({
      window: {
        zone: shanghai,
        from: int(0, 86399),
        to: int(0, 86399),
        ...maybe(0.5, () => ({ days: few([1, 5, 6, 7]) })),
        ...maybe(0.3, () => ({ dateFrom: 20778 + int(0, 2) })),
      },
    })),
  })
  const funding = (): object =>
    maybe(0.4, () => {
      const brand = int(0, 100)
      return { funding: { brand, store: 100 - brand } }
    })
  const gives = (): object => ({
    ...scope(),
    effects: [1, 2].slice(0, chance(0.8) ? 1 : 2).map(effect),
    ...maybe(0.4, () => ({ when: [condition()] })),
    ...funding(),
    ...maybe(0.15, () => ({ group: one(['g', 'h']) })),
    ...maybe(0.1, () => ({ budget: int(0, 3000) })),
    ...maybe(0.05, () => ({ limits: { total: int(0, 2), perCustomer: 1 } })),
  })
  const rules: BookRule[] = []
  const add = (rule: object): void => void rules.push(rule as BookRule)
  add({
    id: 'settings',
    kind: 'settings',
    ...maybe(0.4, () => ({ allocation: one(['largest-remainder', 'floor-then-first', 'round-then-first']) })),
    ...maybe(0.2, () => ({ rounding: 'half-down' })),
    ...maybe(0.3, () => ({ combine: one(['best-per-line', 'best']) })),
    ...maybe(0.4, () => ({ maxCoupons: int(1, 2) })),
    ...maybe(0.2, () => ({ memberCoupon: 'either-or' })),
  })
  for (let i = int(0, 4); i > 0; i--)
    add({
      id: `p${i}`,
      kind: 'promotion',
      ...gives(),
      ...maybe(0.3, () => ({ stage: int(0, 1) })),
      ...maybe(0.4, () => ({ priority: int(0, 2) })),
      ...maybe(0.08, () => ({ exclusive: true })),
      ...maybe(0.1, () => ({ codes: ['K'], codeUntil: instant + int(0, 1) })),
    })
  for (let i = int(0, 3); i > 0; i--)
    add({
      id: `c${i}`,
      kind: 'coupon',
      order: int(0, 2),
      ...gives(),
      ...maybe(0.2, () => ({ stackable: false })),
      ...maybe(0.3, () => ({ notWithMemberPrice: true })),
    })
  if (chance(0.3))
    add({
      id: 'pay',
      kind: 'payment',
      methods: ['cash'],
      ...maybe(0.5, () => ({ atLeast: int(0, 9000) })),
      ...(chance(0.5) ? { amount: money() } : { percent: percent() }),
      ...maybe(0.4, () => ({ cap: money() })),
      ...funding(),
    })
  if (chance(0.4))
    add({
      id: 'burn',
      kind: 'burn',
      points: one([1, 100, 500]),
      worth: one([1, 100, 7]),
      step: one([1, 10, 100]),
      maxPercent: percent(),
      ...maybe(0.3, () => ({ notTags: ['z'] })),
    })
  if (chance(0.5))
    add({
      id: 'earn',
      kind: 'earn',
      per: int(1, 200),
      points: int(1, 3),
      multiplier: one([1, 1.5, 2, 0.25]),
      mode: one(['order', 'line']),
      ...maybe(0.4, () => ({ multiplierAfterFloor: true })),
      ...maybe(0.3, () => ({ notTags: ['z'] })),
    })
  if (chance(0.5))
    add({
      id: 'tender',
      kind: 'tender',
      unit: one([10, 100, 5]),
      mode: one(['down', 'nearest', 'nearest-down', 'half-even']),
      scope: one(['bill', 'line']),
      ...maybe(0.3, () => ({ methods: ['cash'] })),
    })
  if (chance(0.1)) add({ id: 'over', kind: 'overlay', store: 's1', rule: 'p1', off: true })

  const base: Record<string, PriceRow> = {}
  for (const sku of skus) {
    const price = one([int(0, 50), int(1, 99) * 10, int(100, 9999)])
    base[sku] = { sku, price, tags: few(tags), ...maybe(0.2, () => ({ list: price + int(0, 1) })) }
  }
  const lists: Record<string, Record<string, PriceRow>> = { base }
  const some = (list: string, p: number): void => {
    if (!chance(p)) return
    const rows: Record<string, PriceRow> = {}
    for (const sku of few(skus))
      rows[sku] = {
        sku,
        price: Math.max(0, (base[sku] as PriceRow).price - int(0, 300)),
        ...maybe(0.2, () => ({ until: Math.floor(instant / 1000) + int(-1, 1) })),
      }
    lists[list] = rows
  }
  some('tier-vip', 0.5)
  some('channel-web', 0.2)
  some('store-s1', 0.2)
  some('flash', 0.1)
  some('floor', 0.4)
  const basket: Basket = {
    currency: 'CNY',
    channel: one(['web', 'till']),
    lines: [1, 2, 3, 4, 5].slice(0, int(1, 5)).map((n) => {
      const grams = chance(0.1)
      return { id: `l${n}`, sku: one(skus), qty: grams ? 1 : int(chance(0.05) ? 0 : 1, chance(0.2) ? 7 : 3), ...(grams ? { grams: int(0, 3000) } : {}) }
    }),
    ...maybe(0.4, () => ({ storeId: one(['s1', 's2']) })),
    ...maybe(0.5, () => ({ audience: ['vip'], priorOrders: int(0, 1), firstOrder: chance(0.5), birthdayMonth: one([11, 10]) })),
    ...maybe(0.4, () => ({ payment: one(['cash', 'card']) })),
    ...maybe(0.3, () => ({ codes: ['K'] })),
    ...maybe(0.4, () => ({ shipping: { amount: int(0, 1500) } })),
    ...maybe(0.5, () => ({ pointsToBurn: { ask: int(0, 5000), available: int(0, 5000) } })),
    ...maybe(0.3, () => ({ usage: { p1: { total: 1, mine: 1, spent: int(0, 900), joined: 2 } } })),
    coupons: ['c1', 'c2', 'c3'].filter(() => chance(0.8)).map((coupon) => ({ coupon })),
  }
  return { rules, lists, basket, instant }
}
