import { compile, explain, quote, toRows } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, Quote } from '@omokit/rules'
import { bestCoupons } from '@omokit/rules/best'
import { refund } from '@omokit/rules/refund'
import type { Refunded } from '@omokit/rules/refund'
import { seal } from '@omokit/rules/seal'
import { randomCase, seeded } from '../test/random-book'
import type { RandomCase } from '../test/random-book'

/** A law takes a seed and throws when the book and basket of that seed break it. */
export type Law = (seed: number) => void

const total = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)

function must(holds: boolean, what: string, seed: number): void {
  if (!holds) throw new Error(`seed ${seed}: ${what}`)
}

function bookOf({ lists }: RandomCase, rules: readonly BookRule[], shuffle?: () => number): CompiledBook {
  const rows = toRows({ rules })
  if (shuffle) rows.sort(() => shuffle() - 0.5)
  const made = compile({ release: 1, currency: 'CNY', rules: rows, prices: (list, sku) => lists[list]?.[sku] })
  if (!made.ok) throw new Error(JSON.stringify(made.issues))
  return made.value
}

function priced(book: CompiledBook, basket: Basket, instant: number): Quote {
  const answer = quote(book, basket, instant)
  if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  return answer.value
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
      for (const m of line.modifiers) {
        must(total(m.units) === m.amount, 'units do not sum to the modifier', seed)
        must(m.funding.brand + m.funding.store + m.funding.partner + m.funding.platform === m.amount, 'funders do not sum to the modifier', seed)
      }
    }
    const { totals } = q
    must(total(q.lines.map((line) => line.net)) + totals.shipping - totals.shippingDiscount === totals.total, 'lines do not sum to the total', seed)
    must(total(q.applied.map((one) => one.amount)) === totals.discount + totals.shippingDiscount, 'rules do not sum to the discounts', seed)
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
      const { grams } = c.basket.lines[l] as Basket['lines'][0]
      const each = c.lists['floor']?.[line.sku]?.price ?? 0
      const floor = grams === undefined ? each * line.qty : Math.round((grams * each) / 1000)
      must(line.net >= Math.min(floor, line.gross), 'a line below its floor', seed)
      for (const m of line.modifiers) must(m.amount > 0 && m.units.every((unit) => unit >= 0), 'a modifier that adds', seed)
    })
    must(q.totals.total >= 0 && q.totals.pay >= 0 && q.points.earned >= 0 && q.points.burned >= 0, 'a total below zero', seed)
    must(q.points.burned <= (c.basket.pointsToBurn?.ask ?? 0) && q.points.burned <= (c.basket.pointsToBurn?.available ?? 0), 'more points than there are', seed)
  },

  'an unrelated line changes no other line of a line-level rule': (seed) => {
    const c = randomCase(seed, ['amountByUnit', 'priceTo'])
    const rules = c.rules.flatMap((r): BookRule[] => (r.kind === 'promotion' ? [{ id: r.id, kind: r.kind, effects: r.effects }] : []))
    const book = bookOf(c, rules)
    const [, ...rest] = c.basket.lines
    const { coupons: _, ...plain } = c.basket
    const all = priced(book, plain, c.instant)
    const less = priced(book, { ...plain, lines: rest }, c.instant)
    must(JSON.stringify(all.lines.slice(1).map((l) => l.unitNet)) === JSON.stringify(less.lines.map((l) => l.unitNet)), 'a line felt another one', seed)
  },

  'the order of rows and keys changes nothing': (seed) => {
    const c = randomCase(seed)
    const random = seeded(seed + 7)
    const mixed = Object.fromEntries(Object.entries(c.basket).sort(() => random() - 0.5)) as unknown as Basket
    const one = seal(priced(bookOf(c, c.rules), c.basket, c.instant))
    const two = seal(priced(bookOf(c, c.rules, random), mixed, c.instant))
    must(one.text === two.text, 'another seal', seed)
  },

  'explain prices as quote does': (seed) => {
    const c = randomCase(seed)
    const book = bookOf(c, c.rules)
    const more = explain(book, c.basket, c.instant)
    must(more.ok && seal(more.value).hash === seal(priced(book, c.basket, c.instant)).hash, 'another price', seed)
  },

  'two histories of one public tier pay the same': (seed) => {
    const c = randomCase(seed)
    const public_ = c.rules.filter((r) => !JSON.stringify(r).match(/nthOrder|firstOrder|birthdayMonth|limits|budget|quorum/))
    const book = bookOf(c, public_)
    const random = seeded(seed + 3)
    const pay = (): number => {
      const { usage: _, ...rest } = c.basket
      const history = {
        priorOrders: Math.floor(random() * 50),
        firstOrder: random() < 0.5,
        birthdayMonth: 1 + Math.floor(random() * 12),
        usage: { p1: { total: Math.floor(random() * 9), spent: Math.floor(random() * 999) } },
      }
      return priced(book, { ...rest, ...history }, c.instant).totals.pay
    }
    must(pay() === pay(), 'history moved a price', seed)
  },

  'the best use of a wallet is what trying everything finds': (seed) => {
    const c = randomCase(seed)
    const coupons = c.rules.filter((r) => r.kind === 'coupon')
    const more = coupons.flatMap((r): BookRule[] => [r, { ...r, id: `${r.id}b`, order: 3 }])
    const book = bookOf(c, [...c.rules.filter((r) => r.kind !== 'coupon'), ...more])
    const ids = more.map((r) => r.id)
    const best = bestCoupons(book, { ...c.basket, coupons: ids.map((coupon) => ({ coupon })) }, c.instant)
    if (!best.ok) throw new Error('refused')
    let least = Infinity
    for (let mask = 0; mask < 1 << ids.length; mask++) {
      const set = ids.filter((_, i) => mask & (1 << i)).map((coupon) => ({ coupon }))
      const q = priced(book, { ...c.basket, coupons: set }, c.instant)
      if (q.applied.filter(({ kind }) => kind === 'coupon').length === set.length) least = Math.min(least, q.totals.pay)
    }
    must(best.value.optimal && best.value.quote.totals.pay === least, `pays ${best.value.quote.totals.pay}, could pay ${least}`, seed)
  },

  'no sequence of refunds creates money or points': (seed) => {
    const c = randomCase(seed)
    const book = bookOf(c, c.rules)
    const sale = priced(book, c.basket, c.instant)
    for (const policy of ['keep', 'clawback'] as const) {
      const random = seeded(seed + 11)
      const left = sale.lines.map((line) => line.qty)
      let before: Refunded | undefined
      while (total(left) > 0) {
        const units = sale.lines.map((line, l) => ({ line: line.id, qty: Math.floor(random() * ((left[l] as number) + 1)) }))
        const answer = refund({ book, sale, policy, units, shipping: true, seal: seal(sale).hash, ...(before ? { before } : {}) })
        if (!answer.ok) throw new Error(`seed ${seed}: ${JSON.stringify(answer.issues)}`)
        const { cash, pointsBack, pointsClawed, after } = answer.value
        must(cash >= 0 && pointsBack >= 0 && pointsClawed >= 0, 'a negative refund', seed)
        units.forEach(({ qty }, l) => (left[l]! -= qty))
        before = after
        must(after.cash <= sale.totals.pay, 'more money back than was paid', seed)
        must(after.pointsBack <= sale.points.burned, 'more points back than were burned', seed)
        must(after.pointsClawed <= sale.points.earned, 'more points taken back than were earned', seed)
      }
      if (policy === 'keep' && before)
        must(
          before.cash === Math.min(sale.totals.total, sale.totals.pay) && before.pointsClawed === sale.points.earned,
          'all came back, not all was settled',
          seed,
        )
    }
  },
}

/** Runs every law over seeds 1…`seeds` (default 10,000). */
export async function prove({
  share = 1,
  seeds = Math.round(10_000 * share),
}: {
  readonly seeds?: number
  readonly share?: number
} = {}): Promise<Record<string, unknown>> {
  for (const law of Object.values(laws)) for (let seed = 1; seed <= seeds; seed++) law(seed)
  return { seeds, laws: Object.keys(laws), violations: 0 }
}
