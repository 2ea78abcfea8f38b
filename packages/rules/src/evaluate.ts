import { accept, mulDiv } from '@omokit/core'
import type { Result } from '@omokit/core'
import { cartOf, matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { Compiled, CompiledBook } from './compile'
import { failing, gate } from './conditions'
import type { Failure } from './conditions'
import { order } from './effects'
import { burnRow, earnRow, linesWithout, pointsFor, standing } from './points'
import type { CouponRule, PromotionRule } from './rule-book'
import { commit, emptyRun, fund, runRule } from './run-rule'
import type { Draft, Run } from './run-rule'
import { percentOf } from './taking'
import type { AppliedRule, Basket, Modifier, PresentedCoupon, Quote, QuoteLine, RejectedRule } from './types'

/** A rule that did not apply; promotions carry how near they were. */
interface Missed {
  readonly rule: string
  readonly kind: RejectedRule['kind']
  readonly failure: Failure
}

/** Everything that happens to one cart. */
interface Evaluation {
  readonly cart: Cart
  readonly members: boolean
  readonly applied: AppliedRule[]
  readonly missed: Missed[]
  readonly modifiers: Draft[][]
  readonly gifts: { readonly rule: string; readonly sku: string; readonly qty: number }[]
  shippingDiscount: number
  orderDiscount: number
  burned: number
}

/** Prices a basket. `all`: look at every rule and report every refusal, for `explain`. */
export function evaluate(book: CompiledBook, basket: Basket, instant: number, all: boolean): Result<Quote> {
  if (book.settings.memberCoupon !== 'either-or') return priced(book, basket, instant, all, true)
  const member = priced(book, basket, instant, all, true)
  const list = priced(book, basket, instant, all, false)
  if (!member.ok || !list.ok) return member
  const byMember = member.value.totals.pay <= list.value.totals.pay
  return accept({ ...(byMember ? member : list).value, priceBasis: byMember ? 'member' : 'list' })
}

function priced(book: CompiledBook, basket: Basket, instant: number, all: boolean, members: boolean): Result<Quote> {
  const cart = cartOf(book, basket, instant, members)
  if ('ok' in cart) return cart
  const to: Evaluation = { cart, members, applied: [], missed: [], modifiers: cart.lines.map(() => []), gifts: [], shippingDiscount: 0, orderDiscount: 0, burned: 0 }
  promotions(to, all)
  if (basket.coupons) coupons(to, basket.coupons)
  if (basket.pointsToBurn) burn(to)
  if (basket.payment !== undefined) payment(to)
  return accept(quoteOf(to, all))
}

function keep(to: Evaluation, run: Run): void {
  const { lines, mods, shipping } = run
  let amount = shipping
  for (let i = 0; i < lines.length; i++) {
    const mod = mods[i] as Draft
    ;(to.modifiers[lines[i] as number] as Draft[]).push(mod)
    amount += mod.amount
    to.orderDiscount += mod.order
  }
  to.shippingDiscount += shipping
  if (run.gifts) to.gifts.push(...run.gifts)
  to.applied.push({ rule: run.id, kind: run.kind, amount })
}

const tookNothing: Failure = { code: 'no-effect' }

function promotions(to: Evaluation, all: boolean): void {
  const { cart } = to
  const { promotions: rules, settings, hasExclusive } = cart.book
  const miss = (rule: string, failure: Failure): void => {
    to.missed.push({ rule, kind: 'promotion', failure })
  }
  const alone = hasExclusive ? rules.find((p) => p.rule.exclusive && !gate(cart, p) && !failing(cart, p.id, p.when)) : undefined
  const groups = new Set<string>()
  const together = settings.combine === 'best' || settings.combine === 'best-per-line'
  let rivals: Run[] = []
  let before = together ? snapshot(cart) : undefined
  for (let i = 0; i < rules.length; i++) {
    const p = rules[i] as Compiled<PromotionRule>
    const { id, rule } = p
    if (before && i > 0 && (rule.stage ?? 0) !== ((rules[i - 1] as Compiled<PromotionRule>).rule.stage ?? 0)) {
      settle(to, rivals, before, miss)
      rivals = []
      before = snapshot(cart)
    }
    if (!all && p.needs && !reaches(cart, p.needs)) continue
    const failure =
      (p.gated ? gate(cart, p) : undefined) ??
      (alone && alone !== p ? excluded : undefined) ??
      (rule.group !== undefined && groups.has(rule.group) ? sameGroup : undefined) ??
      (p.when.length ? failing(cart, id, p.when) : undefined)
    if (failure) {
      miss(id, failure)
      continue
    }
    const run = runRule(cart, p)
    if (run.total > 0 || run.gifts) {
      if (rule.group !== undefined) groups.add(rule.group)
      if (before) rivals.push(run)
      else keep(to, run)
    } else miss(id, run.overBudget ? overBudget : tookNothing)
    if (before) restore(cart, before)
  }
  if (before) settle(to, rivals, before, miss)
}

const excluded: Failure = { code: 'excluded-by-exclusive' }
const sameGroup: Failure = { code: 'same-group' }
const overBudget: Failure = { code: 'budget-exceeded' }
const notBest: Failure = { code: 'not-best' }

function reaches(cart: Cart, filters: readonly number[]): boolean {
  for (let i = 0; i < filters.length; i++) if (cart.match[filters[i] as number]) return true
  return false
}

type Snapshot = Pick<Cart, 'unit' | 'net' | 'used' | 'shipping'>

function snapshot({ unit, net, used, shipping }: Cart): Snapshot {
  return { unit: unit.slice(), net: net.slice(), used: used.slice(), shipping }
}

function restore(cart: Cart, from: Snapshot): void {
  Object.assign(cart, snapshot(from as Cart))
}

/** Ends a stage in which promotions were rivals: keeps the best of each line, or the best one. */
function settle(to: Evaluation, rivals: readonly Run[], from: Snapshot, miss: (rule: string, failure: Failure) => void): void {
  const { cart } = to
  restore(cart, from)
  const best: (Run | undefined)[] = []
  const perLine = cart.book.settings.combine === 'best-per-line'
  let top: Run | undefined
  for (const run of rivals) {
    if (!top || run.total > top.total) top = run
    for (let i = 0; i < run.lines.length; i++) {
      const l = run.lines[i] as number
      const rival = best[l]
      if (!rival || (run.mods[i] as Draft).amount > (rival.mods[rival.lines.indexOf(l)] as Draft).amount) best[l] = run
    }
  }
  for (const run of rivals) {
    const kept: Run = { ...run, lines: [], mods: [], shipping: perLine || run === top ? Math.min(run.shipping, cart.shipping) : 0 }
    for (let i = 0; i < run.lines.length; i++) {
      const l = run.lines[i] as number
      if (perLine ? best[l] !== run : run !== top) continue
      const mod = run.mods[i] as Draft
      kept.lines.push(l)
      kept.mods.push(mod)
      cart.net[l]! -= mod.amount
      for (let u = 0; u < mod.units.length; u++) cart.unit[(cart.first[l] as number) + u]! -= mod.units[u] as number
    }
    if (!kept.lines.length && !kept.shipping && !(run.gifts && (perLine || run === top))) {
      miss(run.id, notBest)
      continue
    }
    cart.shipping -= kept.shipping
    for (const u of run.marks) cart.used[u] = true
    keep(to, kept)
  }
}

/** Step 3: presented coupons, in the order of the book. */
function coupons(to: Evaluation, presented: readonly PresentedCoupon[]): void {
  const { cart } = to
  const { coupons: rules, settings } = cart.book
  const asked = new Map<string, number>()
  for (const { coupon } of presented) {
    if (rules.has(coupon)) asked.set(coupon, (asked.get(coupon) ?? 0) + 1)
    else to.missed.push({ rule: coupon, kind: 'coupon', failure: { code: 'unknown-coupon' } })
  }
  const groups = new Set<string>()
  let count = 0
  let lone = false
  for (const coupon of rules.values()) {
    const { id, rule } = coupon
    for (let copies = asked.get(id) ?? 0; copies > 0; copies--) {
      const failure = gate(cart, coupon) ?? refusal(rule) ?? failing(cart, id, coupon.when)
      const run = failure ? undefined : runRule(cart, coupon)
      if (run && (run.total > 0 || run.gifts)) {
        count++
        lone = lone || rule.stackable === false
        if (rule.group !== undefined) groups.add(rule.group)
        keep(to, run)
      } else to.missed.push({ rule: id, kind: 'coupon', failure: failure ?? (run?.overBudget ? overBudget : tookNothing) })
    }
  }

  function refusal(rule: CouponRule): Failure | undefined {
    if (rule.notWithMemberPrice && settings.memberCoupon === 'either-or' && to.members) return { code: 'member-price' }
    if (settings.maxCoupons !== undefined && count >= settings.maxCoupons) return { code: 'coupon-limit', have: count, need: settings.maxCoupons }
    if (count && (lone || rule.stackable === false)) return { code: 'not-stackable' }
    return rule.group !== undefined && groups.has(rule.group) ? sameGroup : undefined
  }
}

/** Step 4: points burned. */
function burn(to: Evaluation): void {
  const { cart } = to
  const row = burnRow(cart)
  if (!row || !cart.basket.pointsToBurn || !row.ratio) return
  const { points, worth, step } = row.rule
  const { ask, available } = cart.basket.pointsToBurn
  const lines = linesWithout(cart, row.notTags)
  let sum = 0
  let room = 0
  for (const l of lines) {
    const rest = cart.net[l] as number
    sum += rest
    room += Math.max(0, rest - (cart.lines[l] as CartLine).floor)
  }
  const limit = Math.min(room, mulDiv(sum, row.ratio.num, row.ratio.den))
  const most = Math.min(ask, available, mulDiv(limit, points, worth))
  const burned = most - (most % step)
  const run = emptyRun(row.id, 'points')
  commit(cart, run, order(cart, lines, mulDiv(burned, worth, points)), Infinity)
  fund(run, undefined)
  if (!run.total) return
  to.burned = burned
  for (const mod of run.mods) mod.order = 0
  keep(to, run)
}

/** Step 5: the first offer for this method of payment. */
function payment(to: Evaluation): void {
  const { cart } = to
  const lines = matching(cart, -1)
  let sum = 0
  for (const l of lines) sum += cart.net[l] as number
  const row = standing(cart, cart.book.payments, (rule) => rule.methods.indexOf(cart.basket.payment as string) >= 0 && (rule.atLeast ?? 0) <= sum)
  if (!row) return
  const { amount, cap, funding } = row.rule
  const off = Math.min(amount ?? (row.ratio ? percentOf(cart, sum, row.ratio) : 0), cap ?? Infinity, sum)
  const run = emptyRun(row.id, 'payment')
  commit(cart, run, order(cart, lines, off), Infinity)
  fund(run, funding)
  for (const mod of run.mods) mod.order = 0
  if (run.total) keep(to, run)
}

/** Steps 6 and 7, and the answer. */
function quoteOf(to: Evaluation, all: boolean): Quote {
  const { cart } = to
  const { basket, book, first, unit, net } = cart
  const lines: QuoteLine[] = []
  let gross = 0
  let sum = 0
  for (let l = 0; l < cart.lines.length; l++) {
    const line = cart.lines[l] as CartLine
    const left = net[l] as number
    gross += line.gross
    sum += left
    lines.push({
      id: line.id,
      sku: line.sku,
      qty: line.qty,
      unitPrice: line.price,
      list: line.list,
      gross: line.gross,
      discount: line.gross - left,
      net: left,
      unitNet: unit.slice(first[l], first[l + 1]),
      modifiers: (to.modifiers[l] as Draft[]).map(({ rule, kind, amount, units, funding }): Modifier => ({ rule, kind, amount, units, funding })),
    })
  }
  const fee = basket.shipping?.amount ?? 0
  const total = sum + cart.shipping
  const pay = tender(to, total)
  const { settings } = book
  return {
    release: book.release,
    instant: cart.instant,
    currency: book.currency,
    basket,
    lines,
    totals: {
      gross,
      discount: gross - sum,
      orderDiscount: to.orderDiscount,
      shipping: fee,
      shippingDiscount: to.shippingDiscount,
      total,
      rounding: pay - total,
      pay,
    },
    points: { earned: earn(to), burned: to.burned },
    applied: to.applied,
    rejected: rejected(to.missed, all),
    method: { allocation: settings.allocation ?? 'largest-remainder', rounding: settings.rounding ?? 'half-up' },
    flags: [],
    ...(to.gifts.length ? { gifts: to.gifts } : {}),
  }
}

/** Step 6: what is really paid. */
function tender(to: Evaluation, total: number): number {
  const { cart } = to
  const row = standing(cart, cart.book.tenders, (rule) => !rule.methods || (cart.basket.payment !== undefined && rule.methods.indexOf(cart.basket.payment) >= 0))
  if (!row) return total
  const { unit, mode, scope } = row.rule
  const round = (amount: number): number =>
    mulDiv(amount, 1, unit, mode === 'nearest' ? 'half-up' : mode === 'nearest-down' ? 'half-down' : mode) * unit
  if (scope === 'bill') return round(total)
  let pay = cart.shipping
  for (const net of cart.net) pay += round(net)
  return pay
}

/** Step 7: points earned. */
function earn(to: Evaluation): number {
  const { cart } = to
  const row = earnRow(cart)
  if (!row || !row.ratio) return 0
  return pointsFor(row, linesWithout(cart, row.notTags).map((l) => cart.net[l] as number))
}

const nearest = 20

/** Coupons all; promotions all, or the twenty that are nearest to applying: by have over need, then in run order. */
function rejected(missed: readonly Missed[], all: boolean): readonly RejectedRule[] {
  let list = missed
  if (!all && missed.length > nearest) {
    const near = ({ failure: { have, need } }: Missed): number => (typeof have === 'number' && typeof need === 'number' && need > 0 ? have / need : -1)
    const rank = missed.map((one, i) => ({ one, i, near: one.kind === 'promotion' ? near(one) : 2 }))
    const coupons = missed.filter((one) => one.kind === 'coupon').length
    list = rank
      .sort((a, b) => b.near - a.near || a.i - b.i)
      .slice(0, nearest + coupons)
      .sort((a, b) => a.i - b.i)
      .map(({ one }) => one)
  }
  return list.map(({ rule, kind, failure }) => ({ rule, kind, ...failure }))
}
