import type { IssueCode } from '@omokit/core'
import { matching } from './cart'
import type { Cart } from './cart'
import type { BoundCondition, BoundRule } from './compile'
import { localSecond } from './local-time'
import type { Window } from './rule-book'
import type { Basket } from './types'

/** Counters of a rule; hostile names change nothing. */
export function usageOf({ usage }: Basket, id: string): NonNullable<Basket['usage']>[string] {
  return (usage && Object.prototype.hasOwnProperty.call(usage, id) && usage[id]) || {}
}

/** Why a rule does not stand here and now, by the tests that need no look at the lines, in the order the reasons are given. */
export function gate(cart: Cart, rule: BoundRule): IssueCode | undefined {
  cart.have = undefined
  if (!rule.gated) return undefined
  const { basket, instant } = cart
  const { from, until, window, channels, stores, codes, codeUntil, limits = {}, off } = rule
  const { channel, storeId = '', codes: entered = [] } = basket
  const { total = 0, mine = 0 } = usageOf(basket, rule.id)
  // A comparison with undefined does not hold.
  const reached = (have: number, need: number | undefined): boolean => have >= (need as number) && measured(cart, have, need as number)
  return instant < (from as number)
    ? (measured(cart, instant, from as number), 'not-started')
    : reached(instant, until)
      ? 'expired'
      : window && !inWindow(window, instant)
        ? 'outside-window'
        : channels && !overlap(channels, [channel])
          ? 'channel'
          : off || (stores && !overlap(stores, [storeId]))
            ? 'store'
            : codes && !overlap(codes, entered)
              ? 'code-missing'
              : codes && reached(instant, codeUntil)
                ? 'code-expired'
                : reached(total, limits.total)
                  ? 'limit-total'
                  : reached(mine, limits.perCustomer)
                    ? 'limit-per-customer'
                    : undefined
}

/** Whether a condition fails. Then `cart.at` is its place, `have` and `need` what it measured. */
export function failing(cart: Cart, { when, id }: BoundRule): IssueCode | undefined {
  for (let i = 0; i < when.length; i++)
    if (!holds(cart, id, when[i] as BoundCondition)) {
      cart.at = i
      return 'condition-failed'
    }
  cart.have = undefined
  return undefined
}

/** Notes the two, and whether it is enough. */
function measured(cart: Cart, have: number | undefined, need: number): boolean {
  cart.have = have
  cart.need = need
  return (have as number) >= need
}

function holds(cart: Cart, rule: string, c: BoundCondition): boolean {
  const { basket } = cart
  const { type, f, anyOf } = c
  const of = c.of as readonly BoundCondition[]
  cart.have = undefined
  switch (type) {
    case 'subtotalAtLeast':
      return measured(cart, sumOf(cart, f, c.basis === 'original' ? cart.gross : cart.net), c.amount)
    case 'qtyAtLeast':
      return measured(cart, sumOf(cart, f, cart.qty), c.qty)
    case 'quorum':
      return measured(cart, usageOf(basket, rule).joined || 0, c.joined)
    case 'contains':
      return matching(cart, f).length > 0
    case 'audience':
      return overlap(anyOf, basket.audience || [])
    case 'shippingMethod':
      return overlap(anyOf, [(basket.shipping || ({} as { method?: string })).method])
    case 'tier':
    case 'payment':
      return overlap(anyOf, [basket[type]])
    case 'nthOrder':
      return basket.priorOrders === c.n - 1
    case 'firstOrder':
      return !!basket.firstOrder
    case 'birthdayMonth':
      return basket.birthdayMonth === new Date(localSecond(c.zone, cart.instant) * 1000).getUTCMonth() + 1
    case 'all':
      return of.every((one) => holds(cart, rule, one))
    case 'not': {
      const fails = !holds(cart, rule, c.of as BoundCondition)
      cart.have = undefined
      return fails
    }
    default: {
      // any: what the first of them measured
      let have: number | undefined
      let need = 0
      const found = of.some((one, i) => {
        const held = holds(cart, rule, one)
        if (!i) ({ have, need } = cart)
        return held
      })
      measured(cart, have, need)
      return found
    }
  }
}

const overlap = (list: readonly string[], own: readonly (string | undefined)[]): boolean => own.some((one) => list.indexOf(one as string) >= 0)

/** Sum over the lines a filter fits: of what is left, the price, the units. */
export function sumOf(cart: Cart, f: number, of: readonly number[]): number {
  if (f < 0 && of === cart.net) return cart.sum
  const lines = matching(cart, f)
  let sum = 0
  for (let i = 0; i < lines.length; i++) sum += of[lines[i] as number] as number
  return sum
}

function inWindow({ zone, from, to, days, dateFrom, dateTo }: Window, instant: number): boolean {
  const wall = localSecond(zone, instant)
  let date = Math.floor(wall / 86400)
  const second = wall - date * 86400
  const after = second >= from
  if (from > to ? !after && second > to : !after || second > to) return false
  // After midnight the window still belongs to the date on which it began.
  if (!after) date--
  return !(date < (dateFrom as number) || date > (dateTo as number) || (days && days.indexOf(new Date(date * 864e5).getUTCDay() || 7) < 0))
}
