import type { IssueCode } from '@omokit/core'
import { matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundCondition } from './compile'
import { localDay, localSecond } from './local-time'
import type { PromotionRule, Window } from './rule-book'
import type { Basket } from './types'

/** Why a rule did not run. */
export interface Failure {
  readonly code: IssueCode
  readonly path?: string
  readonly have?: number | string
  readonly need?: number | string
}

type Usage = NonNullable<Basket['usage']>[string]
const noUsage: Usage = {}

/** Counters of a rule; hostile names change nothing. */
export function usageOf(basket: Basket, id: string): Usage {
  return (basket.usage && Object.prototype.hasOwnProperty.call(basket.usage, id) && basket.usage[id]) || noUsage
}

/** The tests that need no look at the lines, in the order the reasons are given. */
export function gate(cart: Cart, { id, rule }: { readonly id: string; readonly rule: unknown }): Failure | undefined {
  const r = rule as Partial<PromotionRule>
  const { basket, instant } = cart
  if (r.from !== undefined && instant < r.from) return { code: 'not-started', have: instant, need: r.from }
  if (r.until !== undefined && instant >= r.until) return { code: 'expired', have: instant, need: r.until }
  if (r.window && !inWindow(r.window, instant)) return { code: 'outside-window' }
  if (r.channels && r.channels.indexOf(basket.channel) < 0) return { code: 'channel', have: basket.channel }
  if (r.stores && (basket.storeId === undefined || r.stores.indexOf(basket.storeId) < 0)) return { code: 'store' }
  if (basket.storeId !== undefined && cart.book.off.get(basket.storeId)?.has(id)) return { code: 'store' }
  if (r.codes && !overlap(r.codes, basket.codes)) return { code: 'code-missing' }
  if (r.codes && r.codeUntil !== undefined && instant >= r.codeUntil) return { code: 'code-expired', have: instant, need: r.codeUntil }
  if (r.limits) {
    const { total = 0, mine = 0 } = usageOf(basket, id)
    if (r.limits.total !== undefined && total >= r.limits.total) return { code: 'limit-total', have: total, need: r.limits.total }
    if (r.limits.perCustomer !== undefined && mine >= r.limits.perCustomer) return { code: 'limit-per-customer', have: mine, need: r.limits.perCustomer }
  }
  return undefined
}

/** The first condition that does not hold. */
export function failing(cart: Cart, id: string, when: readonly BoundCondition[]): Failure | undefined {
  for (let i = 0; i < when.length; i++) {
    const failure = test(cart, id, when[i] as BoundCondition)
    if (failure) return { ...failure, path: `when.${i}` }
  }
  return undefined
}

function test(cart: Cart, id: string, { c, f, of }: BoundCondition): Failure | undefined {
  const { basket } = cart
  switch (c.type) {
    case 'subtotalAtLeast':
      return reach(subtotal(cart, f, c.basis === 'original'), c.amount)
    case 'qtyAtLeast':
      return reach(units(cart, f), c.qty)
    case 'contains':
      return need(matching(cart, f).length > 0)
    case 'tier':
      return need(basket.tier !== undefined && c.anyOf.indexOf(basket.tier) >= 0)
    case 'audience':
      return need(overlap(c.anyOf, basket.audience))
    case 'payment':
      return need(basket.payment !== undefined && c.anyOf.indexOf(basket.payment) >= 0)
    case 'shippingMethod':
      return need(basket.shipping?.method !== undefined && c.anyOf.indexOf(basket.shipping.method) >= 0)
    case 'nthOrder':
      return need(basket.priorOrders === c.n - 1)
    case 'firstOrder':
      return need(basket.firstOrder === true)
    case 'birthdayMonth':
      return need(basket.birthdayMonth === monthOf(localDay(c.zone, cart.instant)))
    case 'quorum':
      return reach(usageOf(basket, id).joined ?? 0, c.joined)
    case 'all':
      for (const inner of of) {
        const failure = test(cart, id, inner)
        if (failure) return failure
      }
      return undefined
    case 'any': {
      let nearest: Failure | undefined
      for (const inner of of) {
        const failure = test(cart, id, inner)
        if (!failure) return undefined
        nearest ??= failure
      }
      return nearest
    }
    case 'not':
      return need(!!test(cart, id, of[0] as BoundCondition))
  }
}

const failed: Failure = { code: 'condition-failed' }
const need = (holds: boolean): Failure | undefined => (holds ? undefined : failed)
const reach = (have: number, atLeast: number): Failure | undefined => (have >= atLeast ? undefined : { code: 'condition-failed', have, need: atLeast })

const overlap = (list: readonly string[], own: readonly string[] | undefined): boolean => !!own && own.some((one) => list.indexOf(one) >= 0)

/** Residual sum of the lines a filter fits, or their sum after the price list. */
export function subtotal(cart: Cart, f: number, original = false): number {
  const lines = matching(cart, f)
  let sum = 0
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    sum += original ? (cart.lines[l] as CartLine).gross : (cart.net[l] as number)
  }
  return sum
}

/** Units of the lines a filter fits. */
export function units(cart: Cart, f: number): number {
  let sum = 0
  for (const l of matching(cart, f)) sum += (cart.lines[l] as CartLine).qty
  return sum
}

function inWindow(window: Window, instant: number): boolean {
  const wall = localSecond(window.zone, instant)
  let date = Math.floor(wall / 86400)
  const second = wall - date * 86400
  if (window.from <= window.to ? second < window.from || second > window.to : second < window.from && second > window.to) return false
  // After midnight the window still belongs to the date on which it began.
  if (window.from > window.to && second <= window.to) date--
  return (
    (!window.days || window.days.indexOf(((((date + 3) % 7) + 7) % 7) + 1) >= 0) &&
    (window.dateFrom === undefined || date >= window.dateFrom) &&
    (window.dateTo === undefined || date <= window.dateTo)
  )
}

/** Month 1–12 of a day counted from 1970-01-01 (civil from days, proleptic Gregorian). */
function monthOf(day: number): number {
  const z = day + 719468
  const doe = z - Math.floor(z / 146097) * 146097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  return mp < 10 ? mp + 3 : mp - 9
}
