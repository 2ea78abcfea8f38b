import type { IssueCode } from '@omokit/core'
import { matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundCondition, BoundRule } from './compile'
import { localSecond } from './local-time'
import type { Window } from './rule-book'
import type { Basket, RejectedRule } from './types'

/** Why a rule did not run. */
export interface Missed {
  readonly rule: string
  readonly kind: RejectedRule['kind']
  readonly code: IssueCode
  /** Place in `when`. */
  readonly path: string | undefined
  readonly have: number | undefined
  readonly need: number | undefined
}

/** Counters of a rule; hostile names change nothing. */
export function usageOf({ usage }: Basket, id: string): NonNullable<Basket['usage']>[string] {
  return (usage && Object.prototype.hasOwnProperty.call(usage, id) && usage[id]) || {}
}

export function missed({ id, kind }: { readonly id: string; readonly kind: string }, code: IssueCode, have?: number, need?: number, at?: number): Missed {
  return { rule: id, kind: kind as Missed['kind'], code, path: at === undefined ? at : 'when.' + at, have, need }
}

/** The tests that need no look at the lines, in the order the reasons are given. */
export function gate({ basket, instant }: Cart, rule: BoundRule): Missed | undefined {
  if (!rule.gated) return undefined
  const { id, from, until, window, channels, stores, codes, codeUntil, limits = {}, offIn } = rule
  const { channel, storeId = '', codes: entered = [] } = basket
  const { total = 0, mine = 0 } = usageOf(basket, id)
  // A comparison with undefined does not hold.
  if (instant < (from as number)) return missed(rule, 'not-started', instant, from)
  if (instant >= (until as number)) return missed(rule, 'expired', instant, until)
  if (window && !inWindow(window, instant)) return missed(rule, 'outside-window')
  if (channels && channels.indexOf(channel) < 0) return missed(rule, 'channel')
  if ((stores && stores.indexOf(storeId) < 0) || offIn.indexOf(storeId) >= 0) return missed(rule, 'store')
  if (codes) {
    if (!overlap(codes, entered)) return missed(rule, 'code-missing')
    if (instant >= (codeUntil as number)) return missed(rule, 'code-expired', instant, codeUntil)
  }
  if (total >= (limits.total as number)) return missed(rule, 'limit-total', total, limits.total)
  if (mine >= (limits.perCustomer as number)) return missed(rule, 'limit-per-customer', mine, limits.perCustomer)
  return undefined
}

/** The first condition that does not hold. */
export function failing(cart: Cart, rule: BoundRule): Missed | undefined {
  const { when } = rule
  for (let i = 0; i < when.length; i++) {
    const failure = test(cart, rule, when[i] as BoundCondition, i)
    if (failure) return failure
  }
  return undefined
}

function test(cart: Cart, rule: BoundRule, c: BoundCondition, at: number): Missed | undefined {
  const { basket } = cart
  const { shipping, audience = [] } = basket
  const { type, anyOf, of } = c
  let have: number | undefined
  let need: number | undefined
  let holds = false
  switch (type) {
    case 'subtotalAtLeast':
      have = c.basis === 'original' ? total(cart, c.f, 'gross') : subtotal(cart, c.f)
      need = c.amount
      break
    case 'qtyAtLeast':
      have = units(cart, c.f)
      need = c.qty
      break
    case 'quorum':
      have = usageOf(basket, rule.id).joined || 0
      need = c.joined
      break
    case 'contains':
      holds = matching(cart, c.f).length > 0
      break
    case 'audience':
      holds = overlap(anyOf, audience)
      break
    case 'shippingMethod':
      holds = overlap(anyOf, [shipping && shipping.method])
      break
    case 'tier':
    case 'payment':
      holds = overlap(anyOf, [basket[type]])
      break
    case 'nthOrder':
      holds = basket.priorOrders === c.n - 1
      break
    case 'firstOrder':
      holds = !!basket.firstOrder
      break
    case 'birthdayMonth':
      holds = basket.birthdayMonth === new Date(localSecond(c.zone, cart.instant) * 1000).getUTCMonth() + 1
      break
    case 'not':
      holds = !!test(cart, rule, of[0] as BoundCondition, at)
      break
    default: {
      // all: the first that fails; any: the first, when every one fails.
      const all = type === 'all'
      let first: Missed | undefined
      for (let i = 0; i < of.length; i++) {
        const failure = test(cart, rule, of[i] as BoundCondition, at)
        if (failure ? all : !all) return failure
        first = first || failure
      }
      holds = all
      if (first) return first
    }
  }
  return holds || (have as number) >= (need as number) ? undefined : missed(rule, 'condition-failed', have, need, at)
}

const overlap = (list: readonly string[], own: readonly (string | undefined)[]): boolean => own.some((one) => list.indexOf(one as string) >= 0)

/** Residual sum of the lines a filter fits. */
export function subtotal(cart: Cart, f: number): number {
  return f < 0 ? cart.sum : total(cart, f)
}

/** Units of the lines a filter fits. */
export function units(cart: Cart, f: number): number {
  return total(cart, f, 'qty')
}

function total(cart: Cart, f: number, of?: 'gross' | 'qty'): number {
  const lines = matching(cart, f)
  let sum = 0
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    sum += of ? (cart.lines[l] as CartLine)[of] : (cart.net[l] as number)
  }
  return sum
}

function inWindow({ zone, from, to, days, dateFrom, dateTo }: Window, instant: number): boolean {
  const wall = localSecond(zone, instant)
  let date = Math.floor(wall / 86400)
  const second = wall - date * 86400
  const overnight = from > to
  if (!(overnight ? second >= from || second <= to : second >= from && second <= to)) return false
  // After midnight the window still belongs to the date on which it began.
  if (overnight && second <= to) date--
  return !(date < (dateFrom as number) || date > (dateTo as number) || (days && days.indexOf(new Date(date * 864e5).getUTCDay() || 7) < 0))
}
