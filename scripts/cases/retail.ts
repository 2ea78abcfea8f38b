import { explain, compile } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, PriceRow, Quote, Window } from '@omokit/rules'
import { readBarcode } from '@omokit/rules/barcode'
import { bestCoupons } from '@omokit/rules/best'
import { owedByPrice } from '@omokit/rules/protect'
import { refund } from '@omokit/rules/refund'
import type { Refunded } from '@omokit/rules/refund'
import { zoneTransitions } from '@omokit/rules/zone'
import { defined, reasonOf, runCases, vocabulary } from './promotions'
import type { CaseReport, Loose, Translated } from './promotions'

/**
 * The retail extension in omokit's terms, whole. Beyond the promotion vocabulary:
 * - here an amount per unit is asked of each unit: `amountOff` keeps `per: "unit"`;
 * - a weighed line is `grams` with a price per kilogram; member prices are the lists `tier-<group>`;
 * - a window's time zone becomes its UTC transitions, as a publisher would compile them;
 * - coupons are coupon rules, all of them presented; list position is `order`.
 */
export function translate(test: Loose): Translated {
  const { context } = test
  const lines = test.lines as readonly Loose[]
  const base: Record<string, PriceRow> = {}
  const lists: Record<string, Record<string, PriceRow>> = { base }
  lines.forEach((line, i) => {
    const sku = `${line.sku}~${i}`
    base[sku] = { sku, price: line.unitPriceMinor ?? line.pricePerKgMinor, tags: line.categories ?? [] }
    for (const [group, price] of Object.entries((line.memberPricesMinor ?? {}) as Record<string, number>)) (lists[`tier-${group}`] ??= {})[sku] = { sku, price }
  })
  const words = vocabulary(lines)
  const gives = (p: Loose): Loose => {
    const given = words.promotion(p)
    const effects = given.effects.map((e, i) => (e.type === 'amountOff' ? { ...e, per: p.effects[i].per } : e))
    return { ...given, effects, ...(p.funding ? { funding: p.funding } : {}), ...(p.window ? { window: windowOf(p.window) } : {}) }
  }
  const notTags = (from: Loose): Loose => (from.notCategories?.length ? { notTags: from.notCategories } : {})
  const rules: BookRule[] = [{ id: 'settings', kind: 'settings', ...defined({ maxCoupons: context.maxCoupons, memberCoupon: context.memberCoupon }) }]
  const add = (rule: Loose): void => void rules.push(rule as BookRule)
  ;(test.promotions as readonly Loose[]).forEach((p, order) => add({ id: p.id, kind: 'promotion', order, ...gives(p) }))
  ;((test.coupons ?? []) as readonly Loose[]).forEach((c, order) =>
    add({ id: c.id, kind: 'coupon', order, ...gives(c), ...defined({ stackable: c.stackable, group: c.group, notWithMemberPrice: c.notWithMemberPrice }) }),
  )
  ;((test.paymentOffers ?? []) as readonly Loose[]).forEach((o, order) =>
    add(
      defined({
        id: o.id,
        kind: 'payment',
        order,
        methods: o.methods,
        atLeast: o.atLeastMinor,
        amount: o.amountMinor,
        percent: o.percent,
        cap: o.capMinor,
        funding: o.funding,
      }),
    ),
  )
  const { pointsBurn: burn, pointsEarn: earn, tender } = test
  if (burn) add({ id: '#burn', kind: 'burn', points: burn.points, worth: burn.worthMinor, step: burn.step, maxPercent: burn.maxPercent, ...notTags(burn) })
  if (earn)
    add({
      id: '#earn',
      kind: 'earn',
      per: earn.perMinor,
      points: earn.points,
      mode: earn.mode,
      ...notTags(earn),
      ...defined({ multiplier: earn.multiplier, multiplierAfterFloor: earn.multiplierAfterFloor }),
    })
  if (tender) add(defined({ id: '#tender', kind: 'tender', unit: tender.unitMinor, mode: tender.mode, scope: tender.scope, methods: tender.methods }))
  const basket: Basket = {
    currency: context.currency,
    channel: context.channel ?? 'none',
    lines: lines.map((line, i) => ({ id: String(i), sku: `${line.sku}~${i}`, qty: line.qty ?? 1, ...(line.grams === undefined ? {} : { grams: line.grams }) })),
    coupons: ((test.coupons ?? []) as readonly Loose[]).map((c) => ({ coupon: c.id })),
    ...(context.customer ? { audience: context.customer.groups ?? [], priorOrders: context.customer.priorOrders ?? 0 } : {}),
    ...(context.payment === undefined ? {} : { payment: context.payment }),
    ...(burn ? { pointsToBurn: { ask: burn.ask, available: burn.available } } : {}),
  }
  return { book: { rules }, lists, basket, instant: Date.parse(context.now) }
}

function windowOf(window: Loose): Window {
  const second = (text: string): number => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  const day = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text) / 86_400_000)
  return defined({
    zone: zoneTransitions(window.timeZone, 2020, 2032),
    from: second(window.from),
    to: second(window.to),
    days: window.days,
    dateFrom: day(window.dateFrom),
    dateTo: day(window.dateTo),
  }) as unknown as Window
}

function compiled({ book, lists, basket }: Translated): CompiledBook {
  const made = compile({ release: 1, currency: basket.currency, rules: book, prices: (list, sku) => lists[list]?.[sku], lists: Object.keys(lists) })
  if (!made.ok) throw new Error(JSON.stringify(made.issues))
  return made.value
}

function quoted(to: Translated): Quote {
  const quote = explain(compiled(to), to.basket, to.instant)
  if (!quote.ok) throw new Error(JSON.stringify(quote.issues))
  return quote.value
}

const answers: Readonly<Record<string, (test: Loose) => Loose>> = {
  quote: (test) => {
    const quote = quoted(translate(test))
    const ruled = (kind: string): boolean => kind === 'promotion' || kind === 'coupon'
    const offer = quote.applied.find(({ kind }) => kind === 'payment')
    return {
      lineNetMinor: quote.lines.map((line) => line.net),
      unitNetMinor: quote.lines.map((line) => line.unitNet),
      totalMinor: quote.totals.total,
      roundingMinor: quote.totals.rounding,
      payMinor: quote.totals.pay,
      appliedIds: quote.applied.filter(({ kind }) => ruled(kind)).map(({ rule }) => rule),
      rejected: quote.rejected.map(({ rule, code }) => ({ id: rule, reason: reasonOf(code) })),
      pointsBurned: quote.points.burned,
      paymentDiscountMinor: offer?.amount ?? 0,
      paymentOfferId: offer?.rule ?? null,
      pointsEarned: quote.points.earned,
      fundingMinor: quote.lines.map((line) =>
        (['brand', 'store', 'partner', 'platform'] as const).map((who) => line.modifiers.reduce((sum, { funding }) => sum + funding[who], 0)),
      ),
      priceBasis: quote.priceBasis,
    }
  },
  bestCoupons: (test) => {
    const to = translate(test)
    const best = bestCoupons(compiled(to), to.basket, to.instant)
    if (!best.ok) throw new Error(JSON.stringify(best.issues))
    const { coupons, quote } = best.value
    return { couponIds: coupons.map(({ coupon }) => coupon), payMinor: quote.totals.pay, lineNetMinor: quote.lines.map((line) => line.net) }
  },
  refund: (test) => {
    const to = translate(test)
    const book = compiled(to)
    let state: Refunded | undefined
    const refunds: Loose[] = []
    const sale = quoted(to)
    for (const back of test.returns as readonly (readonly Loose[])[]) {
      const units = back.map(({ line, qty }) => ({ line: String(line), qty }))
      const answer = refund({ book, sale, policy: test.policy, units, ...(state ? { before: state } : {}) })
      if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
      state = answer.value.after
      const { cash, pointsBack, pointsClawed } = answer.value
      refunds.push({ cashMinor: cash, pointsBack, pointsClawed })
    }
    return { refunds }
  },
  protect: (test) => {
    const { policy } = test
    const claimAt = Date.parse(test.claimAt)
    const answer = owedByPrice({
      policy: defined({
        days: policy.days,
        zone: zoneTransitions(policy.timeZone, 2020, 2032),
        minOwed: policy.minOwedMinor,
        maxOwed: policy.maxOwedMinor,
      }) as { days: number; zone: Window['zone'] },
      claimAt,
      purchases: (test.purchases as readonly Loose[]).map((p) =>
        defined({ sku: p.sku, qty: p.qty, paid: p.paidMinor, at: Date.parse(p.at), returned: p.returned, compensated: p.compensatedMinor }),
      ) as never,
      prices: (test.prices as readonly Loose[]).map((p) => ({ sku: p.sku, price: p.unitPriceMinor, from: Date.parse(p.from) })),
    })
    if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
    return { owedMinor: answer.value.purchases.map(({ owed }) => owed), totalMinor: answer.value.total }
  },
  barcode: (test) => {
    const layouts = (test.layouts as readonly Loose[]).map(({ flag, fields }) => ({
      flag,
      fields: (fields as readonly [string, number][]).map(
        ([name, digits]) => [name === 'amountMinor' ? 'amount' : name, digits] as ['plu' | 'grams' | 'amount', number],
      ),
    }))
    const items = new Map(
      Object.entries(test.items as Record<string, Loose>).map(([plu, item]) => [plu, { sku: item.sku as string, pricePerKg: item.pricePerKgMinor as number }]),
    )
    return {
      results: (test.codes as readonly string[]).map((code) => {
        const read = readBarcode(code, layouts, (plu) => items.get(plu))
        if (!read.ok) return { error: read.issues[0]?.path }
        return { sku: read.value.sku, grams: read.value.grams, amountMinor: read.value.amount }
      }),
    }
  },
}

/** Runs a file of retail cases. */
export function run(file: string): CaseReport {
  return runCases(file, (test) => (answers[test.op] as (test: Loose) => Loose)(test))
}
