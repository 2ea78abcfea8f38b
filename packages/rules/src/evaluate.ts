import { accept, mulDiv, refuse } from '@omokit/core'
import type { IssueCode, Result, Rounding } from '@omokit/core'
import { cartOf, matching } from './cart'
import { isCompiled } from './compile'
import type { BoundRule, CompiledBook } from './compile'
import { failing } from './conditions'
import { order } from './effects'
import { gate, inStore } from './gate'
import { pointsFor, standing } from './points'
import { ratio } from './ratio'
import { refusing } from './refusing'
import type { Charging } from './rule-part'
import { runRule } from './run-rule'
import type { Draft, Run, Saved } from './run-rule'
import { checkOf } from './shape'
import type { AppliedRule, Basket, Modifier, Quote, QuoteLine, RejectedRule } from './types'

/** Prices a basket. `all`: look at every rule and report every refusal, for `explain`. */
export function evaluate(book: CompiledBook, basket: Basket, instant: number, all: boolean): Result<Quote> {
  if (!isCompiled(book)) return refuse('invalid', { path: 'book' })
  if (checkOf('i')(instant) !== undefined) return refuse('invalid', { path: 'instant' })
  return refusing(() => {
    const member = priced(book, basket, instant, all, true)
    if (book.settings.memberCoupon !== 'either-or' || !member.ok) return member
    const list = priced(book, basket, instant, all, false) as typeof member
    const byList = list.value.totals.pay < member.value.totals.pay
    return accept(Object.assign((byList ? list : member).value, { priceBasis: byList ? 'list' : 'member' } as const))
  })
}

const nearest = 20

function priced(book: CompiledBook, basket: Basket, instant: number, all: boolean, members: boolean): Result<Quote> {
  const cart = cartOf(book, basket, instant, members)
  if ('ok' in cart) return cart
  const gross = cart.sum
  const { settings, rules } = book
  const { allocation = 'largest-remainder', rounding = 'half-up', combine = 'all', maxCoupons = Infinity, memberCoupon } = settings
  const { coupons = [], pointsToBurn, shipping } = basket
  const applied: AppliedRule[] = []
  const gifts: BoundRule['gifts'][0][] = []
  const refused: RejectedRule[] = []
  /** Promotions that missed, nearest first, and how much of what they need is there. */
  const near: RejectedRule[] = []
  const nearness: number[] = []
  const groups: Record<string, true> = {}

  /** While promotions of a stage are rivals: the cart as the stage found it, and what each made of it. */
  let found: Saved | undefined
  let stage: Run[] = []

  const keep = ({ rule, total: amount }: Run): void => {
    if (rule.gifts.length) gifts.push(...rule.gifts)
    applied.push({ rule: rule.id, kind: rule.kind as Modifier['kind'], amount })
  }
  const miss = ({ id, kind }: Pick<BoundRule, 'id' | 'kind'>, code: IssueCode): void => {
    const { have, need, at } = cart
    const failed = code === 'condition-failed'
    const close = failed && have !== undefined && need ? have / need : -1
    const ranked = !all && kind !== 'coupon'
    let i = near.length
    while (ranked && i && (nearness[i - 1] as number) < close) i--
    if (ranked && i === nearest) return
    const one: { -readonly [K in keyof RejectedRule]: RejectedRule[K] } = { rule: id, kind: kind as Modifier['kind'], code }
    if (failed) one.path = 'when.' + at
    if (have !== undefined) {
      one.have = have
      one.need = need
    }
    if (ranked) {
      near.splice(i, 0, one)
      nearness.splice(i, 0, close)
      if (near.length > nearest) near.pop()
    } else refused.push(one)
  }
  /** Tests a rule and runs it; `code` is the reason of its kind against it. */
  const attempt = (rule: BoundRule, code: IssueCode | false | undefined): boolean => {
    const group = rule.group && rule.kind + rule.group
    const reason = gate(cart, rule) || code || (group && groups[group] && 'same-group') || failing(cart, rule)
    const run = reason ? undefined : runRule(cart, rule, found ? [] : cart.mods)
    const after = found && save(cart)
    if (found) Object.assign(cart, save(found))
    if (!run || !(run.total || rule.gifts.length)) {
      miss(rule, reason || ((run as Run).overBudget ? 'budget-exceeded' : 'no-effect'))
      return false
    }
    if (group) groups[group] = true
    if (after) stage.push(Object.assign(run, { after }))
    else keep(run)
    return true
  }

  /** Ends a stage of rivals: keeps the best of each line, or the best one. */
  const settle = (): void => {
    const best: number[] = []
    const perLine = combine !== 'best'
    const rivals = stage
    let top: Run | undefined
    stage = []
    found = undefined
    // what the last test measured is nothing to a rival that loses, nor to a coupon the book does not have
    cart.have = undefined
    for (const run of rivals) {
      if (!top || run.total > top.total) top = run
      run.mods.forEach(([mod], l) => (best[l] = Math.max(best[l] || 0, (mod as Draft).amount)))
    }
    for (const run of rivals) {
      const mine = perLine || run === top
      const after = run.after as Saved
      const fee = mine ? Math.min(run.shipping, cart.shipping) : 0
      run.total = fee
      run.mods.forEach(([one], l) => {
        const mod = one as Draft
        if (perLine ? mod.amount !== best[l] : !mine) return
        // A tie went to this one: no later rival has an amount that equals it.
        best[l] = -1
        ;(cart.mods[l] = cart.mods[l] || []).push(mod)
        run.total += mod.amount
        cart.sum -= mod.amount
        cart.net[l] = after.net[l] as number
        cart.shared[l] = after.shared[l] as number
        mod.units.forEach((part, u) => (cart.unit[(cart.first[l] as number) + u]! -= part))
      })
      if (run.total || (mine && run.rule.gifts.length)) {
        cart.shipping -= fee
        after.used.forEach((_, u) => (cart.used[u] = true))
        keep(run)
      } else miss(run.rule, 'not-best')
    }
  }

  // Step 2: promotions.
  const here = (rule: BoundRule): BoundRule => inStore(cart, rule)
  const alone = standing(cart, 'promotion', book.exclusive)
  const { promotion } = rules
  for (let i = 0; i < promotion.length; i++) {
    if (combine !== 'all' && (!found || (promotion[i] as BoundRule).stage !== (promotion[i - 1] as BoundRule).stage)) {
      settle()
      found = save(cart)
    }
    // What cannot apply and would not be reported is not touched.
    if (!all) {
      const lines = book.onlys[i] as number
      const least = book.leasts[i] as number
      if (lines >= 0 && !cart.match[lines]) continue
      if (cart.sum < least && near.length === nearest && cart.sum / least <= (nearness[nearest - 1] as number)) continue
    }
    const rule = here(promotion[i] as BoundRule)
    attempt(rule, alone && alone !== rule && 'excluded-by-exclusive')
  }
  settle()

  // Step 3: presented coupons, in the order of the book.
  const on: BoundRule[] = []
  for (const { coupon: id } of coupons) if (!rules.coupon.some((rule) => rule.id === id)) miss({ id, kind: 'coupon' }, 'unknown-coupon')
  for (const rule of coupons.length ? rules.coupon.map(here) : [])
    for (const { coupon } of coupons)
      if (coupon === rule.id) {
        const eitherOr = rule.notWithMemberPrice && memberCoupon === 'either-or' && members
        const lonely = on.some((other) => other.stackable === false || rule.stackable === false)
        if (attempt(rule, eitherOr ? 'member-price' : on.length >= maxCoupons ? 'coupon-limit' : lonely && 'not-stackable')) on.push(rule)
      }

  // Step 4: points burned.
  const burn = pointsToBurn && standing(cart, 'burn')
  let burned = 0
  if (burn) {
    const { points, worth, step, maxPercent } = burn
    const { num, den } = ratio(maxPercent, 100)
    const lines = matching(cart, burn.f)
    let left = 0
    let room = 0
    for (const l of lines) {
      const net = cart.net[l] as number
      left += net
      room += Math.max(0, net - (cart.floor[l] as number))
    }
    const most = Math.min(pointsToBurn.ask, pointsToBurn.available, mulDiv(Math.min(mulDiv(left, num, den), room), points, worth))
    const one = runRule(cart, Object.assign({}, burn, { kind: 'points' as const }), cart.mods, order(cart, lines, mulDiv(most - (most % step), worth, points)))
    if (one.total) {
      burned = most - (most % step)
      keep(one)
    }
  }

  // Step 5: the payment offer.
  const offer = standing(cart, 'payment')
  if (offer) {
    const one = runRule(cart, offer, cart.mods)
    if (one.total) keep(one)
  }

  // Steps 6 to 8, and the answer.
  const fee = shipping ? shipping.amount : 0
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
  const total = cart.sum + cart.shipping
  const taxes: Charging[] = []
  for (const one of book.rules.tax) {
    const rule = standing(cart, 'tax', [one])
    if (rule) taxes.push({ rule, lines: matching(cart, rule.f) })
  }
  const nets = (): number[] => cart.net.concat(cart.shipping)
  const tax = book.tax && book.tax.charge(taxes, nets())
  const due = tax ? sum(tax.owed) : total
  const tender = standing(cart, 'tender')
  let pay = due
  if (tender) {
    const { unit, mode, scope } = tender
    const round = (amount: number): number => mulDiv(amount, 1, unit, (mode === 'nearest' ? 'half-up' : mode.replace('nearest', 'half')) as Rounding) * unit
    pay = scope === 'bill' ? round(due) : (tax ? tax.owed : nets()).reduce((all, one, l) => all + (l < cart.net.length ? round(one) : one), 0)
  }
  const earn = standing(cart, 'earn')
  const quote: Quote = {
    release: book.release,
    instant,
    currency: book.currency,
    basket,
    lines: cart.lines.map(({ id, sku, price, list }, l): QuoteLine => {
      const full = cart.gross[l] as number
      const net = cart.net[l] as number
      const qty = cart.qty[l] as number
      const first = cart.first[l] as number
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
    }),
    totals: {
      gross,
      discount: gross - cart.sum,
      orderDiscount: sum(cart.shared),
      shipping: fee,
      shippingDiscount: fee - cart.shipping,
      total,
      rounding: pay - due,
      pay,
    },
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
    rejected: refused.concat(near),
    method: { allocation, rounding },
    flags: [],
  }
  if (gifts.length) Object.assign(quote, { gifts })
  return accept(tax ? tax.onto(quote) : quote)
}

const save = ({ unit, net, shared, used, shipping, sum }: Saved): Saved => ({
  unit: unit.slice(),
  net: net.slice(),
  shared: shared.slice(),
  used: used.slice(),
  shipping,
  sum,
})
