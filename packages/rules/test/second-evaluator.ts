// A second evaluator, written from docs/en/rules/rule-book.md alone: slow, plain, importing nothing from src.
// Fractions are exact pairs of BigInt; a unit is an object; nothing is indexed, compiled or cached.

// biome-ignore lint/suspicious/noExplicitAny: plain and slow on purpose, it reads any book
type Any = any

/** One wrong idea, to show that a difference would be noticed. */
export type Mutation = 'none' | 'ties-to-the-later' | 'half-down' | 'used-is-forgotten' | 'floors-are-forgotten' | 'original-basis-is-forgotten'

/** What one rule took from one line. */
export interface SecondModifier {
  readonly rule: string
  readonly kind: string
  readonly units: readonly number[]
  /** Brand, store, partner, platform. */
  readonly funding: readonly number[]
}

export interface SecondAnswer {
  readonly unitPrice: readonly number[]
  readonly unitNet: readonly (readonly number[])[]
  readonly orderDiscount: number
  readonly shippingDiscount: number
  readonly total: number
  readonly pay: number
  readonly earned: number
  readonly burned: number
  readonly applied: readonly (readonly [string, number])[]
  /** Rule, code; of a failed condition also its place, and have and need where numbers decide. */
  readonly rejected: readonly (readonly [rule: string, code: string, path?: string, have?: number, need?: number])[]
  readonly modifiers: readonly (readonly SecondModifier[])[]
  readonly gifts: readonly (readonly [rule: string, sku: string, qty: number])[]
  readonly basis: string | undefined
  readonly taxes: SecondTaxes | undefined
}

/** Where the book has tax rows. */
export interface SecondTaxes {
  readonly unit: readonly (readonly number[])[]
  /** Per line; null where no row fits. */
  readonly percent: readonly (number | null)[]
  readonly all: number
  readonly shipping: number
  readonly added: number
}

interface Unit {
  readonly line: Line
  readonly no: number
  left: number
  used: boolean
}

interface Line {
  readonly at: number
  readonly sku: string
  readonly qty: number
  readonly tags: readonly string[]
  readonly price: number
  readonly onSale: boolean
  readonly member: boolean
  readonly floor: number
  readonly units: Unit[]
  readonly modifiers: SecondModifier[]
}

interface State {
  readonly lines: Line[]
  fee: number
}

export function secondQuote(
  rules: readonly Any[],
  prices: (list: string, sku: string) => Any,
  basket: Any,
  instant: number,
  mutation: Mutation = 'none',
): SecondAnswer {
  const settings = rules.find((r) => r.kind === 'settings') ?? {}
  if (settings.memberCoupon !== 'either-or') return once(rules, prices, basket, instant, mutation, settings, true)
  const a = once(rules, prices, basket, instant, mutation, settings, true)
  const b = once(rules, prices, basket, instant, mutation, settings, false)
  return a.pay <= b.pay ? { ...a, basis: 'member' } : { ...b, basis: 'list' }
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)

/** [numerator, denominator] of a decimal as written. */
function fraction(decimal: number): [bigint, bigint] {
  const [whole, part = ''] = String(decimal).split('.')
  return [BigInt(whole + part), 10n ** BigInt(part.length)]
}

function round(n: bigint, d: bigint, how: string): number {
  const low = n / d
  const twice = (n % d) * 2n
  const up = how === 'half-up' ? twice >= d : how === 'half-down' ? twice > d : how === 'half-even' ? twice > d || (twice === d && low % 2n === 1n) : false
  return Number(up ? low + 1n : low)
}

function once(
  rules: readonly Any[],
  prices: (list: string, sku: string) => Any,
  basket: Any,
  instant: number,
  mutation: Mutation,
  settings: Any,
  members: boolean,
): SecondAnswer {
  const allocation: string = settings.allocation ?? 'largest-remainder'
  const rounding: string = mutation === 'half-down' ? 'half-down' : (settings.rounding ?? 'half-up')

  // --- splitting and rounding -------------------------------------------------------------------------------------
  function split(amount: number, weights: readonly number[], how = 'largest-remainder'): number[] {
    const whole = BigInt(sum(weights))
    if (whole === 0n) return weights.map(() => 0)
    const exact = weights.map((w) => BigInt(amount) * BigInt(w))
    if (how === 'largest-remainder') {
      const parts = exact.map((e) => Number(e / whole))
      const order = exact.map((e, i) => ({ rest: e % whole, i })).filter(({ i }) => weights[i]! > 0)
      const later = mutation === 'ties-to-the-later' ? -1 : 1
      order.sort((a, b) => (a.rest === b.rest ? (a.i - b.i) * later : a.rest > b.rest ? -1 : 1))
      const left = amount - sum(parts)
      for (let k = 0; k < left; k++) parts[order[k]!.i]! += 1
      return parts
    }
    const parts = exact.map((e) => (how === 'floor-then-first' ? Number(e / whole) : round(e, whole, 'half-down')))
    for (let i = 0; sum(parts) < amount; i = (i + 1) % parts.length) if (weights[i]! > 0) parts[i]! += 1
    for (let i = 0; sum(parts) > amount; i = (i + 1) % parts.length) if (parts[i]! > 0) parts[i]! -= 1
    return parts
  }
  const percentOf = (amount: number, percent: number): number => {
    const [n, d] = fraction(percent)
    return round(BigInt(amount) * n, d * 100n, rounding)
  }
  const residual = (line: Line): number => sum(line.units.map((u) => u.left))
  const room = (line: Line): number => Math.max(0, residual(line) - (mutation === 'floors-are-forgotten' ? 0 : line.floor))

  // --- step 1 -----------------------------------------------------------------------------------------------------
  const live = (list: string, sku: string): Any => {
    const row = prices(list, sku)
    return row && (row.until === undefined || instant / 1000 < row.until) ? row : undefined
  }
  function startingState(): State {
    const lines = basket.lines.map((asked: Any, at: number): Line => {
      const sku: string = asked.uom === undefined ? asked.sku : `${asked.sku}/${asked.uom}`
      const standing = inOrder('prices').filter((r) => gateReason(r) === undefined)
      const rows = [...standing.map((r) => r.list), 'flash', ...(basket.storeId ? [`store-${basket.storeId}`] : []), `channel-${basket.channel}`, 'base']
        .map((list) => live(list, sku))
        .filter(Boolean)
      const plain = rows[0]
      let rate: number = plain.price
      let member = false
      if (members)
        for (const group of [...(basket.tier ? [basket.tier] : []), ...(basket.audience ?? [])]) {
          const row = live(`tier-${group}`, sku)
          if (row && row.price < rate) {
            rate = row.price
            member = true
          }
        }
      const weigh = (perKg: number): number => round(BigInt(asked.grams) * BigInt(perKg), 1000n, 'half-up')
      const price: number = asked.labelAmount ?? (asked.grams === undefined ? rate : weigh(rate))
      const least = prices('floor', sku)?.price
      const floor = least === undefined ? 0 : asked.grams === undefined ? least * asked.qty : weigh(least)
      const tags = rows.find((row: Any) => row.tags)?.tags ?? []
      const line: Line = {
        at,
        sku: asked.sku,
        qty: asked.qty,
        tags,
        price,
        onSale: plain.list !== undefined && plain.list > plain.price,
        member,
        floor,
        units: [],
        modifiers: [],
      }
      for (let no = 0; no < asked.qty; no++) line.units.push({ line, no, left: price, used: false })
      return line
    })
    return { lines, fee: basket.shipping?.amount ?? 0 }
  }
  const state = startingState()

  // --- filters and conditions ---------------------------------------------------------------------------------------
  const fits = (line: Line, f: Any): boolean =>
    line.qty > 0 &&
    (!f ||
      ((!f.skus || f.skus.includes(line.sku)) &&
        (!f.tags || f.tags.some((t: string) => line.tags.includes(t))) &&
        (!f.notSkus || !f.notSkus.includes(line.sku)) &&
        (!f.notTags || !f.notTags.some((t: string) => line.tags.includes(t))) &&
        (f.priceMin === undefined || line.price >= f.priceMin) &&
        (f.priceMax === undefined || line.price <= f.priceMax) &&
        (!f.notOnSale || !line.onSale) &&
        (!f.notMemberPriced || !line.member)))
  const filterOf = (rule: Any, f: Any): Any => (rule.notWithMemberPrice && settings.memberCoupon !== 'either-or' ? { ...f, notMemberPriced: true } : f)
  const matching = (rule: Any, f: Any): Line[] => state.lines.filter((line) => fits(line, filterOf(rule, f)))
  function usage(id: string): Any {
    return basket.usage?.[id] ?? {}
  }

  function localSeconds(zone: Any): number {
    const second = Math.floor(instant / 1000)
    const past = zone.filter(([from]: number[]) => from! <= second)
    return second + (past.length ? past[past.length - 1] : zone[0])[1]
  }
  /** Why a condition does not hold; undefined when it does. */
  type Failure = { have: number; need: number } | 'no' | undefined
  function failure(rule: Any, c: Any): Failure {
    const reaches = (have: number, need: number): Failure => (have >= need ? undefined : { have, need })
    const simply = (holds: boolean): Failure => (holds ? undefined : 'no')
    switch (c.type) {
      case 'subtotalAtLeast': {
        const original = c.basis === 'original' && mutation !== 'original-basis-is-forgotten'
        return reaches(sum(matching(rule, c.filter).map((l) => (original ? l.price * l.qty : residual(l)))), c.amount)
      }
      case 'qtyAtLeast':
        return reaches(sum(matching(rule, c.filter).map((l) => l.qty)), c.qty)
      case 'quorum':
        return reaches(usage(rule.id).joined ?? 0, c.joined)
      case 'contains':
        return simply(matching(rule, c.filter).length > 0)
      case 'tier':
        return simply(c.anyOf.includes(basket.tier))
      case 'payment':
        return simply(c.anyOf.includes(basket.payment))
      case 'shippingMethod':
        return simply(c.anyOf.includes(basket.shipping?.method))
      case 'audience':
        return simply(c.anyOf.some((a: string) => (basket.audience ?? []).includes(a)))
      case 'nthOrder':
        return simply(basket.priorOrders === c.n - 1)
      case 'firstOrder':
        return simply(basket.firstOrder === true)
      case 'birthdayMonth':
        return simply(basket.birthdayMonth === new Date(localSeconds(c.zone) * 1000).getUTCMonth() + 1)
      case 'all':
        return c.of.map((one: Any) => failure(rule, one)).find(Boolean)
      case 'any': {
        const failures = c.of.map((one: Any) => failure(rule, one))
        return failures.every(Boolean) ? (failures[0] ?? 'no') : undefined
      }
      case 'not':
        return simply(failure(rule, c.of) !== undefined)
      default:
        throw new Error(`condition ${c.type}`)
    }
  }
  const conditionsHold = (rule: Any): boolean => (rule.when ?? []).every((c: Any) => !failure(rule, c))
  type Rejection = SecondAnswer['rejected'][number]
  function conditionFailed(rule: Any): Rejection | undefined {
    const at = (rule.when ?? []).findIndex((c: Any) => failure(rule, c))
    if (at < 0) return undefined
    const why = failure(rule, rule.when[at])
    return why && why !== 'no' ? [rule.id, 'condition-failed', `when.${at}`, why.have, why.need] : [rule.id, 'condition-failed', `when.${at}`]
  }

  function inWindow(w: Any): boolean {
    const wall = localSeconds(w.zone)
    let date = Math.floor(wall / 86400)
    const clock = wall - date * 86400
    if (w.from <= w.to) {
      if (clock < w.from || clock > w.to) return false
    } else if (clock <= w.to) date -= 1
    else if (clock < w.from) return false
    const weekday = new Date(date * 86400000).getUTCDay() || 7
    return (!w.days || w.days.includes(weekday)) && (w.dateFrom === undefined || date >= w.dateFrom) && (w.dateTo === undefined || date <= w.dateTo)
  }
  function gateReason(rule: Any): string | undefined {
    if (rule.from !== undefined && instant < rule.from) return 'not-started'
    if (rule.until !== undefined && instant >= rule.until) return 'expired'
    if (rule.window && !inWindow(rule.window)) return 'outside-window'
    if (rule.channels && !rule.channels.includes(basket.channel)) return 'channel'
    if (rule.stores && !rule.stores.includes(basket.storeId)) return 'store'
    if (rules.some((o) => o.kind === 'overlay' && o.off && o.rule === rule.id && o.store === basket.storeId)) return 'store'
    if (rule.codes && !rule.codes.some((code: string) => (basket.codes ?? []).includes(code))) return 'code-missing'
    if (rule.codes && rule.codeUntil !== undefined && instant >= rule.codeUntil) return 'code-expired'
    if (rule.limits?.total !== undefined && (usage(rule.id).total ?? 0) >= rule.limits.total) return 'limit-total'
    if (rule.limits?.perCustomer !== undefined && (usage(rule.id).mine ?? 0) >= rule.limits.perCustomer) return 'limit-per-customer'
    return undefined
  }

  // --- effects --------------------------------------------------------------------------------------------------------
  /** What an effect wants: amounts by unit, the fee, units it names as used. */
  interface Wish {
    units: Map<Unit, number>
    fee: number
    used: Unit[]
    /** Off the order as a whole, then shared. */
    shared: boolean
  }
  const noWish = (): Wish => ({ units: new Map(), fee: 0, used: [], shared: false })
  const offLine = (wish: Wish, line: Line, amount: number): void => {
    const parts = split(
      Math.min(amount, room(line)),
      line.units.map((u) => u.left),
    )
    line.units.forEach((u, i) => wish.units.set(u, (wish.units.get(u) ?? 0) + parts[i]!))
  }
  function sharedWish(lines: readonly Line[], amount: number): Wish {
    const wish: Wish = { ...noWish(), shared: true }
    const weights = new Map(lines.map((l) => [l, residual(l)]))
    const got = new Map(lines.map((l) => [l, 0]))
    let left = amount
    for (let open = [...lines]; left > 0 && open.some((l) => weights.get(l)! > 0); open = lines.filter((l) => room(l) - got.get(l)! > 0)) {
      const parts = split(
        left,
        open.map((l) => weights.get(l)!),
        allocation,
      )
      open.forEach((l, i) => {
        const part = Math.min(parts[i]!, room(l) - got.get(l)!)
        got.set(l, got.get(l)! + part)
        left -= part
      })
    }
    for (const l of lines) offLine(wish, l, got.get(l)!)
    return wish
  }
  const ranking = (rule: Any, f: Any): Unit[] =>
    matching(rule, f)
      .flatMap((l) => l.units)
      .filter((u) => !u.used || mutation === 'used-is-forgotten')
      .sort((a, b) => b.line.price - a.line.price || a.line.at - b.line.at || a.no - b.no)
  function together(wish: Wish, group: readonly Unit[], price: number): boolean {
    const units = [...group].sort((a, b) => a.line.at - b.line.at || a.no - b.no)
    const over = sum(units.map((u) => u.left)) - price
    if (over <= 0) return false
    const parts = split(
      over,
      units.map((u) => u.left),
    )
    units.forEach((u, i) => wish.units.set(u, parts[i]!))
    wish.used.push(...units)
    return true
  }

  function wishOf(rule: Any, e: Any): Wish {
    const wish = noWish()
    const lines = matching(rule, e.filter)
    const S = sum(lines.map(residual))
    const measure = e.measure === 'qty' ? sum(lines.map((l) => l.qty)) : S
    let held: Any = { amount: e.amount, percent: e.percent, cap: e.cap }
    const reached = (e.tiers ?? []).filter((t: Any) => t.from <= measure).sort((a: Any, b: Any) => a.from - b.from)
    if (reached.length) held = { cap: e.cap, ...reached[reached.length - 1] }
    const cap = (amount: number): number => Math.min(amount, held.cap ?? Infinity)
    const whatHolds = (of: number): number => cap(held.amount ?? (held.percent === undefined ? 0 : percentOf(of, held.percent)))
    if (e.on === 'shipping' || e.per === 'shipping') return { ...wish, fee: whatHolds(state.fee) }
    if (e.on === 'order' || e.per === 'order') return sharedWish(lines, whatHolds(S))
    switch (e.type) {
      case 'percentOff': {
        if (held.percent === undefined) return wish
        {
          const caps = held.cap === undefined ? undefined : split(held.cap, lines.map(residual), allocation)
          lines.forEach((line, i) => {
            const rest = residual(line)
            const n = Math.min(line.qty, e.maxUnits ?? line.qty)
            const base = e.maxUnits === undefined ? rest : Math.max(0, line.price * n - (line.price * line.qty - rest))
            let amount = percentOf(base, held.percent)
            if (e.roundPer === 'unit') amount = Math.min(base, percentOf(round(BigInt(rest), BigInt(line.qty), 'half-up'), held.percent) * n)
            offLine(wish, line, caps ? Math.min(amount, caps[i]!) : amount)
          })
        }
        return wish
      }
      case 'amountOff': {
        const amount: number = held.amount ?? 0
        if (e.per === 'line') for (const line of lines) offLine(wish, line, amount)
        else if (e.per === 'unit')
          for (const line of lines) for (const u of line.units.slice(0, e.maxUnits ?? Infinity)) wish.units.set(u, Math.min(amount, u.left))
        else
          for (const line of lines) {
            const n = Math.min(line.qty, e.maxUnits ?? line.qty)
            offLine(wish, line, Math.max(0, Math.min(amount * n, line.price * n - (line.price * line.qty - residual(line)))))
          }
        return wish
      }
      case 'amountByUnit':
        for (const line of lines) {
          const n = Math.min(line.qty, e.maxUnits ?? Infinity)
          if (n > 0) offLine(wish, line, e.first + e.next * (n - 1))
        }
        return wish
      case 'unitGroups': {
        let left = sum(lines.map((l) => l.qty))
        left -= left % e.size
        for (const line of [...lines].sort((a, b) => b.qty - a.qty || a.at - b.at)) {
          const n = Math.min(left, line.qty)
          left -= n
          const each = held.amount ?? (held.percent === undefined ? 0 : percentOf(round(BigInt(residual(line)), BigInt(line.qty), 'half-up'), held.percent))
          offLine(wish, line, each * n)
        }
        return wish
      }
      case 'buyGet': {
        const walk = (f: Any): Unit[] => {
          const found = matching(rule, f)
          if (e.by) found.sort((a, b) => residual(b) - residual(a) || a.at - b.at)
          return found.flatMap((l) => l.units).filter((u) => !u.used || mutation === 'used-is-forgotten')
        }
        const bought = walk(e.buy.filter).slice(0, e.buy.qty)
        const got = walk(e.get.filter)
          .filter((u) => !bought.includes(u))
          .slice(0, e.get.qty)
        if (bought.length < e.buy.qty || got.length < e.get.qty) return wish
        for (const line of state.lines) {
          const n = got.filter((u) => u.line === line).length
          if (n) offLine(wish, line, percentOf(line.price * n, e.get.percent ?? 100))
        }
        wish.used = [...bought, ...got]
        return wish
      }
      case 'everyAmountOff':
        return sharedWish(lines, Math.min(Math.min(Math.floor(S / e.every), e.maxTimes ?? Infinity) * e.amount, e.cap ?? Infinity, S))
      case 'tieredOff':
        return sharedWish(lines, Math.min(S, whatHolds(S)))
      case 'nthPercent': {
        const rows = e.scope === 'line' ? lines.map((l) => ranking(rule, e.filter).filter((u) => u.line === l)) : [ranking(rule, e.filter)]
        for (const row of rows) {
          let gave = 0
          for (let position = e.n; position <= row.length && !(e.repeat === false && gave); position += e.n) {
            const u = row[position - 1]!
            wish.units.set(u, percentOf(u.left, e.percent))
            gave += 1
          }
          wish.used.push(...row.slice(0, gave * e.n))
        }
        return wish
      }
      case 'buyXGetY': {
        const row = ranking(rule, e.filter)
        const times = Math.min(Math.floor(row.length / (e.buy + e.get)), e.maxTimes ?? Infinity)
        let got: Unit[] = []
        let bought: Unit[] = []
        if (e.pick === 'cheapest') {
          got = times ? row.slice(-times * e.get) : []
          bought = row.slice(0, times * e.buy)
        } else if (e.pick === 'dearest') {
          got = row.slice(0, times * e.get)
          bought = row.slice(times * e.get, times * e.get + times * e.buy)
        } else
          for (let t = 0; t < times; t++) {
            const group = row.slice(t * (e.buy + e.get), (t + 1) * (e.buy + e.get))
            bought.push(...group.slice(0, e.buy))
            got.push(...group.slice(e.buy))
          }
        for (const u of got) wish.units.set(u, percentOf(u.left, e.percent ?? 100))
        wish.used = [...got, ...bought]
        return wish
      }
      case 'bundlePrice': {
        const done = new Set<Unit>()
        for (let times = 0; times < (e.maxTimes ?? Infinity); times++) {
          const bundle: Unit[] = []
          for (const item of e.items)
            bundle.push(
              ...ranking(rule, item.filter)
                .filter((u) => !done.has(u) && !bundle.includes(u))
                .slice(0, item.qty),
            )
          if (bundle.length < sum(e.items.map((item: Any) => item.qty)) || !together(wish, bundle, e.price)) break
          for (const u of bundle) done.add(u)
        }
        return wish
      }
      case 'nForPrice': {
        const row = ranking(rule, e.filter)
        if (e.pick === 'cheapest') row.reverse()
        for (let g = 0; (g + 1) * e.n <= row.length && g < (e.maxTimes ?? Infinity); g++) together(wish, row.slice(g * e.n, (g + 1) * e.n), e.price)
        return wish
      }
      case 'addOn':
        for (const u of ranking(rule, e.filter).slice(0, e.maxUnits ?? 1))
          if (u.left > e.price) {
            wish.units.set(u, u.left - e.price)
            wish.used.push(u)
          }
        return wish
      case 'priceTo':
        for (const line of lines) for (const u of line.units.slice(0, e.maxUnits ?? Infinity)) if (u.left > e.price) wish.units.set(u, u.left - e.price)
        return wish
      case 'gift':
        return wish
      default:
        throw new Error(`effect ${e.type}`)
    }
  }

  // --- taking -----------------------------------------------------------------------------------------------------------
  interface Took {
    readonly rule: Any
    readonly kind: string
    readonly units: Map<Unit, number>
    /** The part of it that came off the order as a whole. */
    readonly shared: Map<Line, number>
    fee: number
    used: Unit[]
    overBudget: boolean
    gifts: boolean
  }
  const nothingYet = (rule: Any, kind: string): Took => ({ rule, kind, units: new Map(), shared: new Map(), fee: 0, used: [], overBudget: false, gifts: false })
  const taken = (t: Took): number => t.fee + sum([...t.units.values()])
  function take(t: Took, wish: Wish, budget: number): void {
    for (const line of state.lines) {
      const asked = line.units.map((u) => wish.units.get(u) ?? 0)
      if (sum(asked) > room(line)) split(room(line), asked).forEach((part, i) => wish.units.set(line.units[i]!, part))
    }
    const fee = Math.min(wish.fee, state.fee)
    if (taken(t) + fee + sum([...wish.units.values()]) > budget) {
      t.overBudget = true
      return
    }
    for (const [u, amount] of wish.units) {
      u.left -= amount
      t.units.set(u, (t.units.get(u) ?? 0) + amount)
      if (wish.shared) t.shared.set(u.line, (t.shared.get(u.line) ?? 0) + amount)
    }
    state.fee -= fee
    t.fee += fee
    for (const u of wish.used) u.used = true
    t.used.push(...wish.used)
  }
  function apply(rule: Any): Took {
    const t = nothingYet(rule, rule.kind)
    const budget = rule.budget === undefined ? Infinity : rule.budget - (usage(rule.id).spent ?? 0)
    for (const e of rule.effects) {
      if (e.type === 'gift') t.gifts = true
      take(t, wishOf(rule, e), budget)
    }
    return t
  }
  const applied: [string, number][] = []
  const rejected: Rejection[] = []
  const gifts: [string, string, number][] = []
  let shippingDiscount = 0
  let orderDiscount = 0
  function record(t: Took): void {
    applied.push([t.rule.id, taken(t)])
    shippingDiscount += t.fee
    orderDiscount += sum([...t.shared.values()])
    for (const e of t.rule.effects ?? []) if (e.type === 'gift') gifts.push([t.rule.id, e.sku, e.qty])
    for (const line of state.lines) {
      const units = line.units.map((u) => t.units.get(u) ?? 0)
      if (sum(units) === 0) continue
      const f = t.rule.funding ?? { brand: 100 }
      const funding = split(sum(units), [f.brand ?? 0, f.store ?? 0, f.partner ?? 0, f.platform ?? 0])
      line.modifiers.push({ rule: t.rule.id, kind: t.kind, units, funding })
    }
  }
  /** The rule as an overlay of the basket's store makes it. */
  function overlaid(rule: Any): Any {
    const change = rules.find((o) => o.kind === 'overlay' && o.rule === rule.id && o.store === basket.storeId)
    if (!change || !rule.effects) return rule
    const effects = rule.effects.map((e: Any) => {
      const changed = { ...e }
      if (e.amount !== undefined && change.amount !== undefined) changed.amount = change.amount
      if (e.percent !== undefined && change.percent !== undefined) changed.percent = change.percent
      return changed
    })
    return { ...rule, effects }
  }
  function inOrder(kind: string): Any[] {
    return rules
      .filter((r) => r.kind === kind)
      .map(overlaid)
      .sort((a, b) => (a.stage ?? 0) - (b.stage ?? 0) || (b.priority ?? 0) - (a.priority ?? 0) || (a.order ?? 0) - (b.order ?? 0) || (a.id < b.id ? -1 : 1))
  }

  // --- step 2 -----------------------------------------------------------------------------------------------------------
  const promotions = inOrder('promotion')
  const alone = promotions.find((p) => p.exclusive && gateReason(p) === undefined && conditionsHold(p))
  const groups: string[] = []
  const combine: string = settings.combine ?? 'all'
  for (const stage of [...new Set(promotions.map((p) => p.stage ?? 0))]) {
    const rivals: { took: Took; lines: Map<number, number> }[] = []
    const save = (): { left: number; used: boolean }[][] => state.lines.map((l) => l.units.map(({ left, used }) => ({ left, used })))
    const found = save()
    const fee = state.fee
    const back = (): void => {
      state.lines.forEach((l, i) => l.units.forEach((u, k) => Object.assign(u, found[i]![k]!)))
      state.fee = fee
    }
    for (const p of promotions.filter((one) => (one.stage ?? 0) === stage)) {
      const reason =
        gateReason(p) ?? (alone && alone !== p ? 'excluded-by-exclusive' : p.group !== undefined && groups.includes(p.group) ? 'same-group' : undefined)
      const refusal: Rejection | undefined = reason ? [p.id, reason] : conditionFailed(p)
      if (refusal) {
        rejected.push(refusal)
        continue
      }
      const t = apply(p)
      if (taken(t) === 0 && !t.gifts) rejected.push([p.id, t.overBudget ? 'budget-exceeded' : 'no-effect'])
      else {
        if (p.group !== undefined) groups.push(p.group)
        if (combine === 'all') record(t)
        else rivals.push({ took: t, lines: new Map(state.lines.map((l) => [l.at, sum(l.units.map((u) => t.units.get(u) ?? 0))])) })
      }
      if (combine !== 'all') back()
    }
    if (combine === 'all') continue
    const most = Math.max(0, ...rivals.map((r) => taken(r.took)))
    const top = rivals.find((r) => taken(r.took) === most)
    for (const r of rivals) {
      const keeps = (l: Line): boolean =>
        combine === 'best'
          ? r === top
          : r.lines.get(l.at)! > 0 && rivals.find((o) => o.lines.get(l.at) === Math.max(...rivals.map((x) => x.lines.get(l.at)!))) === r
      const kept: Took = {
        ...r.took,
        units: new Map([...r.took.units].filter(([u]) => keeps(u.line))),
        shared: new Map([...r.took.shared].filter(([l]) => keeps(l))),
        fee: combine === 'best' && r !== top ? 0 : Math.min(r.took.fee, state.fee),
      }
      if (taken(kept) === 0 && !(kept.gifts && (combine !== 'best' || r === top))) {
        rejected.push([r.took.rule.id, 'not-best'])
        continue
      }
      for (const [u, amount] of kept.units) u.left -= amount
      for (const u of kept.used) u.used = true
      state.fee -= kept.fee
      record(kept)
    }
  }

  // --- step 3 -----------------------------------------------------------------------------------------------------------
  const presented: readonly Any[] = basket.coupons ?? []
  const on: Any[] = []
  for (const { coupon } of presented) if (!rules.some((r) => r.kind === 'coupon' && r.id === coupon)) rejected.push([coupon, 'unknown-coupon'])
  for (const c of inOrder('coupon'))
    for (const _ of presented.filter((one) => one.coupon === c.id)) {
      let reason = gateReason(c)
      if (!reason && c.notWithMemberPrice && settings.memberCoupon === 'either-or' && members) reason = 'member-price'
      if (!reason && settings.maxCoupons !== undefined && on.length >= settings.maxCoupons) reason = 'coupon-limit'
      if (!reason && on.length && (c.stackable === false || on.some((o) => o.stackable === false))) reason = 'not-stackable'
      if (!reason && c.group !== undefined && on.some((o) => o.group === c.group)) reason = 'same-group'
      const refusal: Rejection | undefined = reason ? [c.id, reason] : conditionFailed(c)
      const t = refusal ? undefined : apply(c)
      if (t && (taken(t) > 0 || t.gifts)) {
        on.push(c)
        record(t)
      } else rejected.push(refusal ?? [c.id, t!.overBudget ? 'budget-exceeded' : 'no-effect'])
    }

  // --- steps 4 to 8 -------------------------------------------------------------------------------------------------------
  const stands = (kind: string, also: (r: Any) => boolean = () => true): Any =>
    inOrder(kind).find((r) => gateReason(r) === undefined && also(r) && conditionsHold(r))
  const without = (notTags: readonly string[] | undefined): Line[] => state.lines.filter((l) => l.qty > 0 && !(notTags ?? []).some((t) => l.tags.includes(t)))
  const plainTake = (rule: Any, kind: string, wish: Wish): void => {
    const t = nothingYet(rule, kind)
    take(t, wish, Infinity)
    if (taken(t) > 0) record(t)
  }
  let burned = 0
  const burn = basket.pointsToBurn && stands('burn')
  if (burn) {
    const lines = without(burn.notTags)
    const [n, d] = fraction(burn.maxPercent)
    const limit = Math.min(round(BigInt(sum(lines.map(residual))) * n, d * 100n, 'down'), sum(lines.map(room)))
    const most = Math.min(basket.pointsToBurn.ask, basket.pointsToBurn.available, round(BigInt(limit) * BigInt(burn.points), BigInt(burn.worth), 'down'))
    const points = Math.floor(most / burn.step) * burn.step
    const worth = round(BigInt(points) * BigInt(burn.worth), BigInt(burn.points), 'down')
    if (worth > 0) burned = points
    plainTake(burn, 'points', sharedWish(lines, worth))
  }
  const D = sum(state.lines.map(residual))
  const offer = basket.payment !== undefined && stands('payment', (r) => r.methods.includes(basket.payment) && (r.atLeast ?? 0) <= D)
  if (offer) {
    const amount: number = offer.amount ?? (offer.percent === undefined ? 0 : percentOf(D, offer.percent))
    plainTake(
      offer,
      'payment',
      sharedWish(
        state.lines.filter((l) => l.qty > 0),
        Math.min(amount, offer.cap ?? Infinity, D),
      ),
    )
  }
  const nets = state.lines.map(residual)
  const total = sum(nets) + state.fee
  // Tax: by line, and last of the fee.
  const taxRows = inOrder('tax').filter((r) => gateReason(r) === undefined && conditionsHold(r))
  const bases = [...nets, state.fee]
  const rowOf = (l: number): Any => (l < nets.length ? taxRows.find((r) => fits(state.lines[l]!, r.filter)) : taxRows.find((r) => r.shipping))
  const exclusive = taxRows.some((r) => r.mode === 'exclusive')
  const taxOf = (base: number, r: Any): number => {
    const [n, d] = fraction(r.percent)
    return round(BigInt(base) * n, exclusive ? 100n * d : 100n * d + n, r.rounding ?? 'half-up')
  }
  const taxBy = bases.map((base, l) => {
    const row = rowOf(l)
    if (!row) return 0
    if (row.per !== 'bill') return taxOf(base, row)
    const alike = bases.map((other, m) => {
      const its = rowOf(m)
      const one = its?.per === 'bill' && its.percent === row.percent && (its.rounding ?? 'half-up') === (row.rounding ?? 'half-up')
      return one ? other : 0
    })
    return split(taxOf(sum(alike), row), alike)[l]!
  })
  const addedBy = exclusive ? taxBy : taxBy.map(() => 0)
  const taxes: SecondTaxes | undefined = rules.some((r) => r.kind === 'tax')
    ? {
        unit: state.lines.map((line, l) =>
          split(
            taxBy[l]!,
            line.units.map((u) => u.left),
          ),
        ),
        percent: state.lines.map((_, l) => rowOf(l)?.percent ?? null),
        all: sum(taxBy),
        shipping: taxBy[nets.length]!,
        added: sum(addedBy),
      }
    : undefined
  let pay = total + sum(addedBy)
  const tender = stands('tender', (r) => !r.methods || r.methods.includes(basket.payment))
  if (tender) {
    const how = ({ nearest: 'half-up', 'nearest-down': 'half-down' } as Record<string, string>)[tender.mode] ?? tender.mode
    const to = (amount: number): number => round(BigInt(amount), BigInt(tender.unit), how) * tender.unit
    pay = tender.scope === 'bill' ? to(pay) : sum(nets.map((net, l) => to(net + addedBy[l]!))) + state.fee + addedBy[nets.length]!
  }
  let earned = 0
  const earn = stands('earn')
  if (earn) {
    const [n, d] = fraction(earn.multiplier ?? 1)
    const of = (base: number): number =>
      earn.multiplierAfterFloor
        ? round(BigInt(Math.floor(base / earn.per)) * BigInt(earn.points) * n, d, 'down')
        : round(BigInt(base) * BigInt(earn.points) * n, BigInt(earn.per) * d, 'down')
    const earning = without(earn.notTags).map(residual)
    earned = earn.mode === 'line' ? sum(earning.map(of)) : of(sum(earning))
  }
  return {
    unitPrice: state.lines.map((l) => l.price),
    unitNet: state.lines.map((l) => l.units.map((u) => u.left)),
    orderDiscount,
    shippingDiscount,
    total,
    pay,
    earned,
    burned,
    applied,
    rejected,
    modifiers: state.lines.map((l) => l.modifiers),
    gifts,
    basis: undefined,
    taxes,
  }
}
