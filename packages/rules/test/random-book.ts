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
  let random = seeded(seed)
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
    return maybe(0.4, () => ({ tiers: tiers(() => (qty ? int(0, 6) : int(0, 9000))), ...(qty ? { measure: 'qty' } : {}) }))
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
      () => ({ type: 'subtotalAtLeast', amount: int(0, 20000), ...filter(0.4), ...maybe(0.5, () => ({ basis: 'original' as const })) }),
      () => ({ type: 'qtyAtLeast', qty: int(1, 6), ...filter() }),
      () => ({ type: 'contains', filter: filter(1).filter as Filter }),
      () => ({ type: one(['audience', 'tier'] as const), anyOf: few(['vip', 'gold']) }),
      () => (chance(0.5) ? { type: 'nthOrder', n: int(1, 2) } : { type: 'firstOrder' }),
      () => (deep > 1 ? { type: 'firstOrder' } : { type: one(['all', 'any'] as const), of: [condition(deep + 1), condition(deep + 1)] }),
      () => (deep > 1 ? { type: 'payment', anyOf: ['cash'] } : { type: 'not', of: condition(deep + 1) }),
      () => (chance(0.5) ? { type: 'payment', anyOf: ['cash'] } : { type: 'shippingMethod', anyOf: ['express'] }),
      () => (chance(0.5) ? { type: 'birthdayMonth', zone: zone() } : { type: 'quorum', joined: int(1, 3) }),
    ])()
  const instant = Date.UTC(2026, 10, chance(0.05) ? 30 : 22, int(0, 23), int(0, 59), int(0, 59)) + int(0, 999)
  /** One that has no summer time, or one that changes its clock about now. */
  const zone = (): readonly (readonly [number, number])[] =>
    chance(0.7)
      ? shanghai
      : [
          [0, -18000],
          [Math.floor(instant / 1000) + int(-1, 1), -14400],
        ]
  const scope = (): object => ({
    ...maybe(0.08, () => ({ from: instant + int(-1, 1) })),
    ...maybe(0.08, () => ({ until: instant + int(-1, 1) })),
    ...maybe(0.1, () => ({ channels: [one(['web', 'till'])] })),
    ...maybe(0.1, () => ({ stores: [one(['s1', 's2'])] })),
    ...maybe(0.1, () => ({
      window: {
        zone: zone(),
        from: int(0, 86399),
        to: int(0, 86399),
        ...maybe(0.5, () => ({ days: few([1, 5, 6, 7]) })),
        ...maybe(0.3, () => ({ dateFrom: 20778 + int(0, 2) })),
        ...maybe(0.3, () => ({ dateTo: 20778 + int(0, 2) })),
      },
    })),
  })
  const funding = (): object =>
    maybe(0.4, () => {
      const brand = int(0, 100)
      const partner = chance(0.4) ? int(0, 100 - brand) : 0
      const platform = chance(0.4) ? int(0, 100 - brand - partner) : 0
      const rest = 100 - brand - partner - platform
      return { funding: { brand, store: rest, ...(partner ? { partner } : {}), ...(platform ? { platform } : {}) } }
    })
  const gives = (): object => {
    const made = given()
    const grants = (key: string): boolean => made.effects.some((one) => key in one)
    return { ...made, overlay: { ...(grants('amount') ? { amount: [0, 20000] } : {}), ...(grants('percent') ? { percent: [10, 60] } : {}) } }
  }
  const given = (): { readonly effects: readonly Effect[] } => ({
    ...scope(),
    effects: [1, 2].slice(0, chance(0.8) ? 1 : 2).map(effect),
    ...maybe(0.4, () => ({ when: [condition(), condition()].slice(0, chance(0.8) ? 1 : 2) })),
    ...funding(),
    ...maybe(0.15, () => ({ group: one(['g', 'h']) })),
    ...maybe(0.1, () => ({ budget: int(0, 3000) })),
    ...maybe(0.08, () => ({ limits: { ...maybe(0.7, () => ({ total: int(0, 3) })), ...maybe(0.7, () => ({ perCustomer: int(1, 2) })) } })),
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
      ...maybe(0.2, () => ({ order: int(0, 2) })),
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
  /** Rows of which the first that fits counts: mostly one, at times two. */
  const rows = (id: string, kind: string, p: number, make: () => object): void => {
    for (const name of chance(p) ? (chance(0.2) ? [id, `${id}2`] : [id]) : [])
      add({ id: name, kind, ...make(), ...scope(), ...maybe(0.1, () => ({ when: [condition()] })), ...maybe(0.3, () => ({ order: int(0, 1) })) })
  }
  rows('pay', 'payment', 0.45, () => ({
    methods: few(['cash', 'card']),
    ...maybe(0.5, () => ({ atLeast: int(0, 9000) })),
    ...(chance(0.5) ? { amount: money() } : { percent: percent() }),
    ...maybe(0.4, () => ({ cap: money() })),
    ...funding(),
  }))
  rows('burn', 'burn', 0.4, () => ({
    points: one([1, 100, 500]),
    worth: one([1, 100, 7]),
    step: one([1, 10, 100]),
    maxPercent: percent(),
    ...maybe(0.3, () => ({ notTags: ['z'] })),
  }))
  rows('earn', 'earn', 0.5, () => ({
    per: int(1, 200),
    points: int(1, 3),
    multiplier: one([1, 1.5, 2, 0.25]),
    mode: one(['order', 'line']),
    ...maybe(0.4, () => ({ multiplierAfterFloor: true })),
    ...maybe(0.3, () => ({ notTags: ['z'] })),
  }))
  rows('tender', 'tender', 0.5, () => ({
    unit: one([10, 100, 5]),
    mode: one(['down', 'nearest', 'nearest-down', 'half-even']),
    scope: one(['bill', 'line']),
    ...maybe(0.3, () => ({ methods: ['cash'] })),
  }))
  if (chance(0.2)) add({ id: 'sale', kind: 'prices', list: one(['flash-1', 'flash-2']), ...scope(), ...maybe(0.3, () => ({ order: int(0, 1) })) })
  if (chance(0.05)) add({ id: 'sale2', kind: 'prices', list: 'flash-1', ...scope() })
  if (chance(0.3)) {
    const over = {
      id: 'over',
      kind: 'overlay',
      store: one(['s1', 's2']),
      rule: one(['p1', 'p1', 'p2', 'c1']),
      ...maybe(0.4, () => ({ off: chance(0.7) })),
      ...maybe(0.5, () => ({ amount: money() })),
      ...maybe(0.5, () => ({ percent: int(10, 60) })),
    }
    // a figure that the rule does not state cannot be granted
    const target = rules.find(({ id }) => id === over.rule) as { overlay?: object } | undefined
    for (const key of ['amount', 'percent'] as const)
      if (target && !(key in (target.overlay ?? {}))) delete (over as { amount?: number; percent?: number })[key]
    add(over)
  }

  const base: Record<string, PriceRow> = {}
  for (const sku of skus) {
    const price = one([int(0, 50), int(1, 99) * 10, int(100, 9999)])
    base[sku] = { sku, price, tags: few(tags), ...maybe(0.2, () => ({ list: price + int(0, 1) })) }
  }
  base['A/case'] = { sku: 'A/case', price: 5 * (base['A'] as PriceRow).price + int(0, 99), ...maybe(0.5, () => ({ tags: few(tags) })) }
  const lists: Record<string, Record<string, PriceRow>> = { base }
  const some = (list: string, p: number): void => {
    if (!chance(p)) return
    const rows: Record<string, PriceRow> = {}
    for (const sku of few([...skus, 'A/case']))
      rows[sku] = {
        sku,
        price: Math.max(0, (base[sku] as PriceRow).price - int(0, 300)),
        ...maybe(0.2, () => ({ until: Math.floor(instant / 1000) + int(-1, 1) })),
      }
    lists[list] = rows
  }
  some('tier-vip', 0.5)
  some('tier-gold', 0.3)
  some('channel-web', 0.2)
  some('store-s1', 0.2)
  some('flash', 0.1)
  some('flash-1', 0.4)
  some('flash-2', 0.4)
  some('floor', 0.4)
  const basket: Basket = {
    currency: 'CNY',
    channel: one(['web', 'till']),
    lines: [1, 2, 3, 4, 5].slice(0, int(1, 5)).map((n) => {
      const grams = chance(0.1)
      const qty = grams ? 1 : int(chance(0.05) ? 0 : 1, chance(0.2) ? 7 : 3)
      const sku = one(skus)
      return {
        id: `l${n}`,
        sku,
        qty,
        ...(sku === 'A' ? maybe(0.4, () => ({ uom: 'case' })) : {}),
        ...(grams ? { grams: int(0, 3000), ...maybe(0.3, () => ({ labelAmount: money() })) } : {}),
      }
    }),
    ...maybe(0.4, () => ({ storeId: one(['s1', 's2']) })),
    ...maybe(0.3, () => ({ tier: one(['gold', 'vip']) })),
    ...maybe(0.5, () => ({ audience: few(['vip', 'gold', 'mum']), priorOrders: int(0, 1), firstOrder: chance(0.5), birthdayMonth: one([11, 10]) })),
    ...maybe(0.6, () => ({ payment: one(['cash', 'card']) })),
    ...maybe(0.3, () => ({ codes: ['K'] })),
    ...maybe(0.4, () => ({ shipping: { amount: int(0, 1500), ...maybe(0.6, () => ({ method: one(['express', 'pickup']) })) } })),
    ...maybe(0.5, () => ({ pointsToBurn: { ask: int(0, 5000), available: int(0, 5000) } })),
    ...maybe(0.4, () => ({
      usage: few(['p1', 'p2', 'p3', 'c1', 'c2']).reduce(
        (all, id) => ({ ...all, [id]: { total: int(0, 2), mine: int(0, 1), spent: int(0, 900), joined: int(0, 3) } }),
        {},
      ),
    })),
    coupons: ['c1', 'c2', 'c3', 'c3', 'c9']
      .filter((_, i) => chance(i < 3 ? 0.8 : 0.05))
      .map((coupon, i) => ({ coupon, ...maybe(0.2, () => ({ item: `i${i}` })) })),
  }
  // Taxes are drawn apart, so that everything else of a seed stands with and without them.
  random = seeded(seed + 0x7a0000)
  const mode = one(['inclusive', 'exclusive'])
  for (let i = chance(0.35) ? int(1, 3) : 0; i > 0; i--)
    add({
      id: `tax${i}`,
      kind: 'tax',
      ...filter(0.5),
      percent: one([8, 10, 8.875, percent()]),
      mode,
      ...maybe(0.6, () => ({ per: one(['line', 'bill', 'bill']) })),
      ...maybe(0.6, () => ({ rounding: one(['half-up', 'half-down', 'half-even', 'down']) })),
      ...maybe(0.4, () => ({ shipping: true })),
      ...maybe(0.3, () => ({ order: int(0, 1) })),
      ...maybe(0.5, scope),
      ...maybe(0.1, () => ({ when: [condition()] })),
    })
  return { rules, lists, basket, instant }
}
