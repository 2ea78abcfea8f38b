import { mulDiv } from '@omokit/core'
import type { Rounding } from '@omokit/core'
import fc from 'fast-check'
import { compile, explain, quote, toRows } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, Effect, Quote } from '@omokit/rules'
import { bestCoupons } from '@omokit/rules/best'
import { owedByPrice } from '@omokit/rules/protect'
import { refund } from '@omokit/rules/refund'
import type { Refunded } from '@omokit/rules/refund'
import { seal } from '@omokit/rules/seal'
import { tax } from '@omokit/rules/tax'
import { randomCase, seeded } from '../test/random-book'
import type { RandomCase } from '../test/random-book'

/**
 * A law takes a seed and throws when the book and basket of that seed break it. It answers whether the case had something to
 * say: a basket nothing is taken from proves little.
 */
export type Law = (seed: number) => boolean

const total = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)

function must(holds: boolean, what: string, seed: number): void {
  if (!holds) throw new Error(`seed ${seed}: ${what}`)
}

function bookOf({ lists }: RandomCase, rules: readonly BookRule[], shuffle?: () => number): CompiledBook {
  const rows = toRows({ rules })
  if (shuffle) rows.sort(() => shuffle() - 0.5)
  const made = compile({ release: 1, currency: 'CNY', rules: rows, prices: (list, sku) => lists[list]?.[sku], parts: [tax] })
  if (!made.ok) throw new Error(JSON.stringify(made.issues))
  return made.value
}

function priced(book: CompiledBook, basket: Basket, instant: number): Quote {
  const answer = quote(book, basket, instant)
  if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  return answer.value
}

/** The same value with the keys of every object in another order. */
function mixed<T>(value: T, random: () => number): T {
  if (Array.isArray(value)) return value.map((one: unknown) => mixed(one, random)) as T
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.entries(value).map((entry) => ({ entry, at: random() }))
  return Object.fromEntries(keys.sort((a, b) => a.at - b.at).map(({ entry: [key, one] }): [string, unknown] => [key, mixed(one as unknown, random)])) as T
}

/** Whether an effect looks at one line at a time. */
function isLineLevel(effect: Effect): boolean {
  if (effect.type === 'percentOff') return effect.on === 'lines' && effect.cap === undefined && !effect.tiers
  if (effect.type === 'amountOff') return (effect.per === 'unit' || effect.per === 'qty' || effect.per === 'line') && !effect.tiers
  if (effect.type === 'nthPercent') return effect.scope === 'line'
  return effect.type === 'amountByUnit' || effect.type === 'priceTo'
}

/** The laws, by name. */
export const laws: Readonly<Record<string, Law>> = {
  'shares sum to lines, totals and funders': (seed) => {
    const c = randomCase(seed)
    const q = priced(bookOf(c, c.rules), c.basket, c.instant)
    for (const line of q.lines) {
      must(total(line.unitNet) === line.net, 'units do not sum to the line', seed)
      must(
        line.gross - line.discount === line.net && total(line.modifiers.map((m) => m.amount)) === line.discount,
        'modifiers do not sum to the discount',
        seed,
      )
      must(total(line.unitTax ?? []) === (line.tax ?? 0), 'units do not sum to the tax', seed)
      for (const m of line.modifiers) {
        must(total(m.units) === m.amount, 'units do not sum to the modifier', seed)
        must(m.funding.brand + m.funding.store + m.funding.partner + m.funding.platform === m.amount, 'funders do not sum to the modifier', seed)
      }
    }
    const { totals } = q
    must(total(q.lines.map((line) => line.net)) + totals.shipping - totals.shippingDiscount === totals.total, 'lines do not sum to the total', seed)
    must(total(q.applied.map((one) => one.amount)) === totals.discount + totals.shippingDiscount, 'rules do not sum to the discounts', seed)
    must(
      (totals.orderDiscount ?? 0) <= totals.discount && totals.pay - totals.total - (totals.taxAdded ?? 0) === totals.rounding,
      'a part above its whole',
      seed,
    )
    must(total(q.lines.map((line) => line.tax ?? 0)) + (totals.shippingTax ?? 0) === (totals.tax ?? 0), 'lines do not sum to the tax', seed)
    // What each rule took from the lines, over all funders, is what it is said to have taken, but for the fee.
    const byRule = new Map<string, number>()
    for (const line of q.lines)
      for (const { rule, funding: f } of line.modifiers) byRule.set(rule, (byRule.get(rule) ?? 0) + f.brand + f.store + f.partner + f.platform)
    const said = new Map<string, number>()
    for (const { rule, amount } of q.applied) said.set(rule, (said.get(rule) ?? 0) + amount)
    let fee = 0
    for (const [rule, amount] of said) fee += amount - (byRule.get(rule) ?? 0)
    must(fee === totals.shippingDiscount && [...byRule.keys()].every((rule) => said.has(rule)), 'funders do not sum to the discounts', seed)
    return totals.discount > 0
  },

  'nothing goes below zero or a floor': (seed) => {
    const c = randomCase(seed)
    const q = priced(bookOf(c, c.rules), c.basket, c.instant)
    q.lines.forEach((line, l) => {
      must(
        line.unitNet.every((unit) => unit >= 0 && Number.isSafeInteger(unit)),
        'a unit below zero',
        seed,
      )
      const { grams, uom } = c.basket.lines[l] as Basket['lines'][0]
      const each = c.lists['floor']?.[uom === undefined ? line.sku : `${line.sku}/${uom}`]?.price ?? 0
      const floor = grams === undefined ? each * line.qty : Math.round((grams * each) / 1000)
      must(line.net >= Math.min(floor, line.gross), 'a line below its floor', seed)
      for (const m of line.modifiers) must(m.amount > 0 && m.units.every((unit) => unit >= 0), 'a modifier that adds', seed)
    })
    must(q.totals.total >= 0 && q.totals.pay >= 0 && q.points.earned >= 0 && q.points.burned >= 0, 'a total below zero', seed)
    must(q.points.burned <= (c.basket.pointsToBurn?.ask ?? 0) && q.points.burned <= (c.basket.pointsToBurn?.available ?? 0), 'more points than there are', seed)
    return q.totals.discount > 0 && c.lists['floor'] !== undefined
  },

  'an unrelated line changes no other line of a line-level rule': (seed) => {
    const c = randomCase(seed, ['percentOff', 'amountOff', 'amountByUnit', 'priceTo', 'nthPercent'])
    const rules = c.rules.flatMap((r): BookRule[] =>
      r.kind === 'promotion' || r.kind === 'coupon' ? [{ id: r.id, kind: 'promotion', effects: r.effects.filter(isLineLevel) }] : [],
    )
    const [first, ...rest] = c.basket.lines
    const { coupons: _, pointsToBurn: __, ...plain } = c.basket
    const settings = c.rules.filter((r) => r.kind === 'settings').map((r) => ({ ...r, combine: seed % 2 ? ('all' as const) : ('best-per-line' as const) }))
    const book = bookOf(c, [...settings, ...rules])
    const all = priced(book, plain, c.instant)
    const less = priced(book, { ...plain, lines: rest }, c.instant)
    must(JSON.stringify(all.lines.slice(1).map((l) => l.modifiers)) === JSON.stringify(less.lines.map((l) => l.modifiers)), 'a line felt another one', seed)
    return first !== undefined && less.totals.discount > 0
  },

  'the order of rows and keys changes nothing': (seed) => {
    const c = randomCase(seed)
    const random = seeded(seed + 7)
    const one = seal(priced(bookOf(c, c.rules), c.basket, c.instant))
    const two = seal(priced(bookOf(c, mixed(c.rules, random), random), mixed(c.basket, random), c.instant))
    must(one.text === two.text, 'another seal', seed)
    return c.rules.length > 2
  },

  'explain prices as quote does': (seed) => {
    const c = randomCase(seed)
    const book = bookOf(c, c.rules)
    const more = explain(book, c.basket, c.instant)
    must(more.ok && seal(more.value).hash === seal(priced(book, c.basket, c.instant)).hash, 'another price', seed)
    return more.ok && more.value.rejected.length > 0
  },

  'two histories of one public tier pay the same': (seed) => {
    const c = randomCase(seed)
    const public_ = c.rules.filter((r) => r.kind !== 'overlay' && !JSON.stringify(r).match(/nthOrder|firstOrder|birthdayMonth|limits|budget|quorum/))
    const book = bookOf(c, public_)
    const random = seeded(seed + 3)
    let taken = 0
    const pay = (): number => {
      const { usage: _, ...rest } = c.basket
      const history = {
        priorOrders: Math.floor(random() * 50),
        firstOrder: random() < 0.5,
        birthdayMonth: 1 + Math.floor(random() * 12),
        usage: Object.fromEntries(
          c.rules.map(({ id }) => [
            id,
            {
              total: Math.floor(random() * 9),
              mine: Math.floor(random() * 9),
              spent: Math.floor(random() * 999),
              joined: Math.floor(random() * 9),
            },
          ]),
        ),
      }
      const { totals } = priced(book, { ...rest, ...history }, c.instant)
      taken = totals.discount
      return totals.pay
    }
    must(pay() === pay(), 'history moved a price', seed)
    return taken > 0
  },

  'the best use of a wallet is what trying everything finds': (seed) => {
    const c = randomCase(seed)
    const coupons = c.rules.filter((r) => r.kind === 'coupon')
    // One to eight coupons: those of the book, and the same again under other names and in another place.
    const count = coupons.length ? 1 + (seed % 8) : 0
    const more = Array.from({ length: count }, (_, i): BookRule => {
      const one = coupons[i % coupons.length] as BookRule
      return i < coupons.length ? one : ({ ...one, id: `${one.id}x${i}`, order: i % 3 } as BookRule)
    })
    const book = bookOf(c, [...c.rules.filter((r) => r.kind !== 'coupon'), ...more])
    const ids = more.map((r) => r.id)
    const best = bestCoupons(book, { ...c.basket, coupons: ids.map((coupon) => ({ coupon })) }, c.instant)
    if (!best.ok) throw new Error('refused')
    let least = Infinity
    let bare = 0
    for (let mask = 0; mask < 1 << ids.length; mask++) {
      const set = ids.filter((_, i) => mask & (1 << i)).map((coupon) => ({ coupon }))
      const q = priced(book, { ...c.basket, coupons: set }, c.instant)
      if (!mask) bare = q.totals.pay
      if (q.applied.filter(({ kind }) => kind === 'coupon').length !== set.length) continue
      least = Math.min(least, q.totals.pay)
      if (set.length === 1) must(best.value.quote.totals.pay <= q.totals.pay, 'a single coupon is better', seed)
    }
    must(best.value.optimal && best.value.quote.totals.pay === least, `pays ${best.value.quote.totals.pay}, could pay ${least}`, seed)
    return least < bare
  },

  'no sequence of refunds creates money or points': (seed) => {
    const c = randomCase(seed)
    const book = bookOf(c, c.rules)
    const sale = priced(book, c.basket, c.instant)
    for (const policy of ['keep', 'clawback'] as const) {
      const random = seeded(seed + 11)
      const left = sale.lines.map((line) => line.qty)
      let before: Refunded | undefined
      const handed: string[] = []
      while (total(left) > 0) {
        const units = sale.lines.map((line, l) => ({ line: line.id, qty: Math.floor(random() * ((left[l] as number) + 1)) }))
        const answer = refund({ book, sale, policy, units, shipping: true, seal: seal(sale).hash, ...(before ? { before } : {}) })
        if (!answer.ok) throw new Error(`seed ${seed}: ${JSON.stringify(answer.issues)}`)
        const { cash, pointsBack, pointsClawed, coupons, after } = answer.value
        must(cash >= 0 && pointsBack >= 0 && pointsClawed >= 0, 'a negative refund', seed)
        units.forEach(({ qty }, l) => (left[l]! -= qty))
        before = after
        for (const { coupon } of coupons) {
          handed.push(coupon)
          const times = sale.applied.filter(({ rule }) => rule === coupon).length
          const shown = (c.basket.coupons ?? []).filter((one) => one.coupon === coupon).length
          must(times > 0 && handed.filter((one) => one === coupon).length <= shown, 'a coupon handed back that was not used', seed)
        }
        must(after.cash <= sale.totals.pay, 'more money back than was paid', seed)
        must(after.pointsBack <= sale.points.burned, 'more points back than were burned', seed)
        must(after.pointsClawed <= sale.points.earned, 'more points taken back than were earned', seed)
      }
      if (policy === 'keep' && before)
        must(
          before.cash === Math.min(sale.totals.total + (sale.totals.taxAdded ?? 0), sale.totals.pay) && before.pointsClawed === sale.points.earned,
          'all came back, not all was settled',
          seed,
        )
    }
    return sale.totals.discount > 0 && sale.totals.pay > 0
  },

  'price protection owes no more than was paid, and not twice': (seed) => {
    const random = seeded(seed + 5)
    const int = (to: number): number => Math.floor(random() * (to + 1))
    const at = Date.UTC(2026, 10, 1)
    const purchase = { sku: 'a', qty: 1 + int(6), paid: int(30_000), at }
    const claim = {
      policy: { days: int(9), zone: [[0, 28_800]] as const },
      claimAt: at + int(9 * 86_400_000),
      prices: [{ sku: 'a', price: int(5000), from: at }],
    }
    const owed = (more: object): number => {
      const answer = owedByPrice({ ...claim, purchases: [{ ...purchase, ...more }] })
      if (!answer.ok) throw new Error(`seed ${seed}: ${JSON.stringify(answer.issues)}`)
      return answer.value.total
    }
    const first = owed({})
    const returned = int(purchase.qty)
    must(first >= 0 && first <= purchase.paid && owed({ compensated: first }) === 0, 'owed more than was paid, or twice', seed)
    must(owed({ returned }) <= first && owed({ returned: purchase.qty }) === 0, 'owed for what came back', seed)
    return first > 0
  },

  'mulDiv equals BigInt up to the largest safe integer': (seed) => {
    const random = seeded(seed + 13)
    // As many small numbers as large ones, and the ends themselves.
    const any = (least: number): number => {
      const top = 2 ** Math.floor(random() * 54)
      return random() < 0.05 ? Number.MAX_SAFE_INTEGER : Math.min(Number.MAX_SAFE_INTEGER, Math.max(least, Math.floor(random() * top)))
    }
    let told = false
    for (let i = 0; i < 20; i++) {
      const [a, b, c] = [any(0), any(0), any(1)] as const
      const exact = BigInt(a) * BigInt(b)
      const low = exact / BigInt(c)
      if (low >= BigInt(Number.MAX_SAFE_INTEGER)) continue
      const twice = (exact % BigInt(c)) * 2n
      const half = twice === BigInt(c)
      const above = twice > BigInt(c)
      const up: Readonly<Record<string, boolean>> = {
        down: false,
        'half-up': above || half,
        'half-down': above,
        'half-even': above || (half && low % 2n === 1n),
      }
      for (const [rounding, one] of Object.entries(up))
        must(BigInt(mulDiv(a, b, c, rounding as Rounding)) === low + (one ? 1n : 0n), `mulDiv(${a}, ${b}, ${c}, ${rounding})`, seed)
      told ||= exact > BigInt(Number.MAX_SAFE_INTEGER)
    }
    return told
  },
}

/** Runs every law with fast-check over `seeds` random cases (default 10,000); a law to which too few have something to say is not proved. */
export async function prove({
  share = 1,
  seeds = Math.round(10_000 * share),
}: {
  readonly seeds?: number
  readonly share?: number
} = {}): Promise<Record<string, unknown>> {
  const telling: Record<string, number> = {}
  for (const [name, law] of Object.entries(laws)) {
    let told = 0
    const property = fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
      if (law(seed)) told++
    })
    fc.assert(property, { numRuns: seeds, seed: 20261122, endOnFailure: true })
    if (told < seeds / 20) throw new Error(`${name}: only ${told} of ${seeds} cases say something`)
    telling[name] = told
  }
  return { seeds, violations: 0, telling }
}
