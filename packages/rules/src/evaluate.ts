import { accept, mulDiv, refuse } from '@omokit/core'
import type { IssueCode, Result, Rounding } from '@omokit/core'
import { cartOf, copyOf, due, matching, netsOf } from './cart'
import type { Cart, CartLine, Run } from './cart'
import { isCompiled } from './compile'
import type { BoundEffect, BoundRule, CompiledBook } from './compile'
import { failing } from './conditions'
import { gate, inStore } from './gate'
import { pointsFor, standing } from './points'
import { refusing } from './refusing'
import { runRule } from './run-rule'
import { checkOf } from './shape'
import { sum } from './sum'
import type { AppliedRule, Basket, Modifier, Quote, QuoteLine, RejectedRule } from './types'

/** Prices a basket. `all`: look at every rule and report every refusal, for `explain`. */
export function evaluate(book: CompiledBook, basket: Basket, instant: number, all: boolean): Result<Quote> {
  if (!isCompiled(book)) return refuse('invalid', { path: 'book' })
  if (checkOf('i')(instant) !== true) return refuse('invalid', { path: 'instant' })
  return refusing(() => {
    const member = priced(book, basket, instant, all, true)
    if (book.settings.memberCoupon !== 'either-or' || !member.ok) return member
    const list = priced(book, basket, instant, all, false) as typeof member
    const byList = list.value.totals.pay < member.value.totals.pay
    return accept(Object.assign((byList ? list : member).value, { priceBasis: byList ? 'list' : 'member' } as const))
  })
}

function priced(book: CompiledBook, basket: Basket, instant: number, all: boolean, members: boolean): Result<Quote> {
  /** Promotions that missed are reported up to so many. */
  const nearest = 20
  const cart = cartOf(book, basket, instant, members)
  if ('ok' in cart) return cart
  const fee = cart.shipping
  const { settings, rules } = book
  const { allocation, rounding, combine } = settings
  const { coupons = [] } = basket
  const applied: AppliedRule[] = []
  const gifts: BoundEffect[] = []
  /** Promotions that missed, nearest first, then coupons; and how much of what they need is there. With `all` everything, as it came. */
  const rejected: RejectedRule[] = []
  const nearness: number[] = []
  const groups: Record<string, true> = {}
  /** What each of the rivals of a stage left of the cart. */
  let rivals: Cart[] = []

  /** What was left to pay when the last rule was kept. */
  let left = due(cart)
  const keep = ({ id, kind, gifts: more }: BoundRule): void => {
    if (more.length) gifts.push(...more)
    applied.push({ rule: id, kind: kind as Modifier['kind'], amount: left - due(cart) })
    left = due(cart)
  }
  const miss = ({ id, kind }: Pick<BoundRule, 'id' | 'kind'>, code: IssueCode): void => {
    const { have, need } = cart
    const failed = code === 'condition-failed'
    const near = all || kind === 'coupon' ? Infinity : failed && have !== undefined && need ? have / need : -1
    const one: { -readonly [K in keyof RejectedRule]: RejectedRule[K] } = { rule: id, kind: kind as Modifier['kind'], code }
    if (failed) one.path = 'when.' + cart.at
    if (have !== undefined) {
      one.have = have
      one.need = need as number
    }
    let i = rejected.length
    for (; i && (nearness[i - 1] as number) < near; i--) {
      rejected[i] = rejected[i - 1] as RejectedRule
      nearness[i] = nearness[i - 1] as number
    }
    rejected[i] = one
    nearness[i] = near
    if (near < Infinity && rejected.length > nearest) rejected.pop()
  }
  /** Tests a rule and runs it; `code` is the reason of its kind against it. */
  const attempt = (rule: BoundRule, code: IssueCode | false | undefined, rival = false): boolean => {
    const group = rule.group && rule.kind + rule.group
    let on = cart
    const reason =
      gate(cart, rule) || code || (group && groups[group] && 'same-group') || failing(cart, rule) || runRule((on = rival ? copyOf(cart) : cart), rule)
    cart.work = on.work
    if (reason) miss(rule, reason)
    else {
      if (group) groups[group] = true
      if (rival) rivals.push(on)
      else keep(rule)
    }
    return !reason
  }

  /** Ends a stage of rivals: keeps the best of each line, or the best one. */
  const settle = (): void => {
    const stage = rivals
    const { shipping } = cart
    // what the last test measured is nothing to a rival that loses, nor to a coupon the book does not have
    cart.have = undefined
    if (!stage.length) return
    const best = (of: (rival: Cart) => number): Cart => stage.reduce((a, b) => (of(b) < of(a) ? b : a))
    const top = combine === 'best' && best(due)
    const won = cart.lines.map((_, l) => top || best((rival) => (rival.lines[l] as CartLine).net))
    rivals = []
    for (const rival of stage) {
      const { rule } = rival.run as Run
      const mine = !top || rival === top
      won.forEach((one, l) => {
        if (one === rival) Object.assign(cart.lines[l] as CartLine, rival.lines[l])
      })
      cart.net = sum(netsOf(cart.lines))
      if (mine) cart.shipping = Math.max(0, cart.shipping - shipping + rival.shipping)
      if (left > due(cart) || (mine && rule.gifts.length)) {
        Object.assign(cart.used, rival.used)
        keep(rule)
      } else miss(rule, 'not-best')
    }
  }

  // Step 2: promotions.
  const [alone] = standing(cart, book.exclusive)
  const { promotion } = rules
  for (let i = 0; i < promotion.length; i++) {
    if (combine !== 'all' && i && (promotion[i] as BoundRule).stage !== (promotion[i - 1] as BoundRule).stage) settle()
    // What cannot apply and would not be reported is not touched.
    if (!all) {
      const lines = book.onlys[i] as number
      if ((lines >= 0 && !cart.match[lines]) || cart.net / (book.leasts[i] as number) <= (nearness[nearest - 1] as number)) continue
    }
    const rule = inStore(cart, promotion[i] as BoundRule)
    attempt(rule, alone && alone !== rule && 'excluded-by-exclusive', combine !== 'all')
  }
  settle()

  // Step 3: presented coupons, in the order of the book.
  const on: BoundRule[] = []
  for (const { coupon: id } of coupons) if (!rules.coupon.some((rule) => rule.id === id)) miss({ id, kind: 'coupon' }, 'unknown-coupon')
  for (const one of rules.coupon)
    for (const { coupon } of coupons)
      if (coupon === one.id) {
        const rule = inStore(cart, one)
        const eitherOr = rule.notWithMemberPrice && settings.memberCoupon === 'either-or' && members
        const lonely = on.some((other) => other.stackable === false || rule.stackable === false)
        if (attempt(rule, eitherOr ? 'member-price' : on.length >= (settings.maxCoupons as number) ? 'coupon-limit' : lonely && 'not-stackable')) on.push(rule)
      }

  // Steps 4 and 5: points burned, then the payment offer.
  for (const kind of ['burn', 'payment'] as const) {
    const [rule] = standing(cart, rules[kind])
    if (rule && !runRule(cart, rule)) keep(rule)
  }

  // Steps 6 to 8, and the answer.
  const total = due(cart)
  const nets = (): number[] => netsOf(cart.lines).concat(cart.shipping)
  const tax =
    book.tax &&
    book.tax.charge(
      standing(cart, rules.tax).map((rule) => ({ rule, lines: matching(cart, rule.f) })),
      nets(),
      cart.lines,
    )
  const rest = tax ? sum(tax.owed) : total
  const [tender] = standing(cart, rules.tender)
  let pay = rest
  if (tender) {
    const { unit, mode } = tender
    const round = (amount: number): number => mulDiv(amount, 1, unit, (mode === 'nearest' ? 'half-up' : mode.replace('nearest', 'half')) as Rounding) * unit
    pay = tender.scope === 'bill' ? round(rest) : sum((tax ? tax.owed : nets()).map((one, l) => (cart.lines[l] ? round(one) : one)))
  }
  const quote: Quote = {
    release: book.release,
    instant,
    currency: book.currency,
    basket,
    lines: cart.lines.map(
      ({ id, sku, qty, price, list, gross: full, net, unit, mods }): QuoteLine => ({
        id,
        sku,
        qty,
        unitPrice: price,
        list,
        gross: full,
        discount: full - net,
        net,
        unitNet: unit,
        modifiers: mods,
      }),
    ),
    totals: {
      gross: cart.gross,
      discount: cart.gross - cart.net,
      orderDiscount: cart.lines.reduce((all, { shared }) => all + shared, 0),
      shipping: fee,
      shippingDiscount: fee - cart.shipping,
      total,
      rounding: pay - rest,
      pay,
    },
    points: { earned: pointsFor(cart, standing(cart, rules.earn)[0]), burned: cart.points },
    applied,
    rejected,
    method: { allocation, rounding },
    flags: [],
  }
  if (gifts.length) Object.assign(quote, { gifts: gifts.map(({ id, sku, qty }) => ({ rule: id, sku, qty })) })
  return accept(tax ? tax.onto(quote) : quote)
}
