import { accept, mulDiv } from '@omokit/core'
import type { IssueCode, Result, Rounding } from '@omokit/core'
import { cartOf, matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundRule, CompiledBook } from './compile'
import { failing, gate, missed } from './conditions'
import type { Missed } from './conditions'
import { order } from './effects'
import { pointsFor, standing } from './points'
import type { Ratio } from './ratio'
import { runRule } from './run-rule'
import type { Draft, Run } from './run-rule'
import type { AppliedRule, Basket, Modifier, Quote, QuoteLine, RejectedRule } from './types'

/** Prices a basket. `all`: look at every rule and report every refusal, for `explain`. */
export function evaluate(book: CompiledBook, basket: Basket, instant: number, all: boolean): Result<Quote> {
  const member = priced(book, basket, instant, all, true)
  if (book.settings.memberCoupon !== 'either-or' || !member.ok) return member
  const list = priced(book, basket, instant, all, false) as typeof member
  const byList = list.value.totals.pay < member.value.totals.pay
  return accept(Object.assign((byList ? list : member).value, { priceBasis: byList ? 'list' : 'member' } as const))
}

const nearest = 20

function priced(book: CompiledBook, basket: Basket, instant: number, all: boolean, members: boolean): Result<Quote> {
  const made = cartOf(book, basket, instant, members)
  if ('ok' in made) return made
  const cart = made
  const { settings, rules } = book
  const { coupons = [], pointsToBurn, shipping } = basket
  const applied: AppliedRule[] = []
  const gifts: BoundRule['gifts'][0][] = []
  const refused: Missed[] = []
  /** Promotions that missed, nearest first. */
  const near: Missed[] = []
  let shippingDiscount = 0
  let orderDiscount = 0

  const keep = ({ rule, total: amount, shipping: fee, order: shared }: Run): void => {
    orderDiscount += shared
    shippingDiscount += fee
    if (rule.gifts.length) gifts.push(...rule.gifts)
    applied.push({ rule: rule.id, kind: rule.kind as Modifier['kind'], amount })
  }
  const nearness = ({ have, need }: Missed): number => (have !== undefined && need ? have / need : -1)
  const miss = (one: Missed): void => {
    if (all) refused.push(one)
    else {
      let i = near.length
      while (i > 0 && nearness(near[i - 1] as Missed) < nearness(one)) i--
      if (i < nearest) near.splice(i, 0, one)
      if (near.length > nearest) near.pop()
    }
  }
  // Step 2: promotions.
  const { promotion } = rules
  const alone = book.exclusive.filter((rule) => !gate(cart, rule) && !failing(cart, rule))[0]
  const groups: Record<string, boolean> = {}
  const together = settings.combine === 'best' || settings.combine === 'best-per-line'
  let stage: Run[] = []
  let found: Saved | undefined
  for (let i = 0; i < promotion.length; i++) {
    const rule = promotion[i] as BoundRule
    if (together && (!found || rule.stage !== (promotion[i - 1] as BoundRule).stage)) {
      settle(cart, stage, keep, miss)
      stage = []
      found = save(cart)
    }
    if (!all && rule.needs && !reached(cart, rule.needs)) continue
    const group = rule.group !== undefined && '$' + rule.group
    const reason =
      gate(cart, rule) ||
      (alone && alone !== rule ? missed(rule, 'excluded-by-exclusive') : group && groups[group] ? missed(rule, 'same-group') : failing(cart, rule))
    if (reason) {
      miss(reason)
      continue
    }
    const one = runRule(cart, rule, together)
    const nothing = tookNothing(one)
    if (nothing) miss(nothing)
    else {
      if (group) groups[group] = true
      if (found) stage.push(one)
      else keep(one)
    }
    if (found) Object.assign(cart, save(found))
  }
  settle(cart, stage, keep, miss)

  // Step 3: presented coupons, in the order of the book.
  const on: BoundRule[] = []
  coupons.forEach(({ coupon: id }) => {
    if (!rules.coupon.some((rule) => rule.id === id)) refused.push(missed({ id, kind: 'coupon' }, 'unknown-coupon'))
  })
  for (const rule of coupons.length ? rules.coupon : [])
    coupons.forEach(({ coupon: id }) => {
      if (id !== rule.id) return
      const { maxCoupons = Infinity, memberCoupon } = settings
      const code: IssueCode | false =
        rule.notWithMemberPrice && memberCoupon === 'either-or' && members
          ? 'member-price'
          : on.length >= maxCoupons
            ? 'coupon-limit'
            : on.some((other) => other.stackable === false || rule.stackable === false)
              ? 'not-stackable'
              : on.some(({ group }) => group !== undefined && group === rule.group) && 'same-group'
      const reason = gate(cart, rule) || (code ? missed(rule, code) : failing(cart, rule))
      const one = reason ? undefined : runRule(cart, rule)
      const nothing = one ? tookNothing(one) : reason
      if (nothing) refused.push(nothing)
      else if (one) {
        on.push(rule)
        keep(one)
      }
    })

  // Step 4: points burned.
  const burn = pointsToBurn && standing(cart, 'burn')
  let burned = 0
  if (burn) {
    const { points, worth, step, rate } = burn
    const lines = matching(cart, burn.f)
    const of = (each: (l: number) => number): number => lines.reduce((sum, l) => sum + each(l), 0)
    const { num, den } = rate as Ratio
    const limit = Math.min(
      mulDiv(
        of((l) => cart.net[l] as number),
        num,
        den,
      ),
      of((l) => Math.max(0, (cart.net[l] as number) - (cart.lines[l] as CartLine).floor)),
    )
    const most = Math.min(pointsToBurn.ask, pointsToBurn.available, mulDiv(limit, points, worth))
    const one = runRule(cart, Object.assign({}, burn, { kind: 'points' }), false, order(cart, lines, mulDiv(most - (most % step), worth, points)))
    if (one.total) {
      burned = most - (most % step)
      keep(one)
    }
  }

  // Step 5: the payment offer.
  const offer = standing(cart, 'payment')
  if (offer) {
    const one = runRule(cart, offer)
    if (one.total) keep(one)
  }

  // Steps 6 and 7, and the answer.
  const fee = shipping ? shipping.amount : 0
  const total = cart.sum + cart.shipping
  const tender = standing(cart, 'tender')
  let pay = total
  if (tender) {
    const { unit, mode, scope } = tender
    const round = (amount: number): number => mulDiv(amount, 1, unit, (mode === 'nearest' ? 'half-up' : mode.replace('nearest', 'half')) as Rounding) * unit
    pay = scope === 'bill' ? round(total) : cart.net.reduce((sum, net) => sum + round(net), cart.shipping)
  }
  const earn = standing(cart, 'earn')
  let gross = 0
  const lines = cart.lines.map(({ id, sku, qty, price, list, gross: full, first }, l): QuoteLine => {
    const net = cart.net[l] as number
    gross += full
    return {
      id,
      sku,
      qty,
      unitPrice: price,
      list,
      gross: full,
      discount: full - net,
      net,
      unitNet: cart.unit.slice(first, first + qty),
      modifiers: cart.mods[l] || [],
    }
  })
  const quote: Quote = {
    release: book.release,
    instant,
    currency: book.currency,
    basket,
    lines,
    totals: { gross, discount: gross - cart.sum, orderDiscount, shipping: fee, shippingDiscount, total, rounding: pay - total, pay },
    points: {
      earned: earn
        ? pointsFor(
            earn,
            matching(cart, earn.f).map((l) => cart.net[l] as number),
          )
        : 0,
      burned,
    },
    applied,
    rejected: refused.concat(near).map(rejected),
    method: { allocation: settings.allocation || 'largest-remainder', rounding: settings.rounding || 'half-up' },
    flags: [],
  }
  return accept(gifts.length ? Object.assign(quote, { gifts }) : quote)
}

function reached({ match }: Cart, filters: readonly number[]): boolean {
  for (let i = 0; i < filters.length; i++) if (match[filters[i] as number]) return true
  return false
}

const tookNothing = ({ total, rule, overBudget }: Run): Missed | undefined =>
  total || rule.gifts.length ? undefined : missed(rule, overBudget ? 'budget-exceeded' : 'no-effect')

/** Without the keys that have no value. */
function rejected(miss: Missed): RejectedRule {
  const one: Partial<Record<keyof Missed, unknown>> = {}
  for (const key of Object.keys(miss) as (keyof Missed)[]) if (miss[key] !== undefined) one[key] = miss[key]
  return one as RejectedRule
}

type Saved = Pick<Cart, 'unit' | 'net' | 'used' | 'shipping' | 'sum'>

const save = ({ unit, net, used, shipping, sum }: Saved): Saved => ({ unit: unit.slice(), net: net.slice(), used: used.slice(), shipping, sum })

/** Ends a stage in which promotions were rivals: keeps the best of each line, or the best one. The cart is as the stage found it. */
function settle(cart: Cart, stage: readonly Run[], keep: (run: Run) => void, miss: (one: Missed) => void): void {
  const perLine = cart.book.settings.combine === 'best-per-line'
  const best: number[] = []
  let top: Run | undefined
  for (const run of stage) {
    if (!top || run.total > top.total) top = run
    run.mods.forEach(([mod], l) => (best[l] = Math.max(best[l] || 0, (mod as Draft).amount)))
  }
  for (const run of stage) {
    const mine = perLine || run === top
    const kept: Run = Object.assign({}, run, { order: 0, shipping: mine ? Math.min(run.shipping, cart.shipping) : 0 })
    kept.total = kept.shipping
    run.mods.forEach(([one], l) => {
      const mod = one as Draft
      if (perLine ? mod.amount !== best[l] : !mine) return
      // A tie went to this one: no later rival has an amount that equals it.
      best[l] = -1
      ;(cart.mods[l] = cart.mods[l] || []).push(mod)
      kept.total += mod.amount
      kept.order += (run.orders as number[])[l] || 0
      cart.net[l]! -= mod.amount
      cart.sum -= mod.amount
      mod.units.forEach((part, u) => (cart.unit[(cart.lines[l] as CartLine).first + u]! -= part))
    })
    if (kept.total || (mine && run.rule.gifts.length)) {
      cart.shipping -= kept.shipping
      for (const u of run.marks) cart.used[u] = true
      keep(kept)
    } else miss(missed(run.rule, 'not-best'))
  }
}
