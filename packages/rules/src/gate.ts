import type { IssueCode } from '@omokit/core'
import type { Cart } from './cart'
import type { BoundRule } from './compile'
import { localSecond } from './local-time'
import type { Window } from './rule-book'
import type { Basket } from './types'

/** A counter of a rule, 0 where there is none. Under a hostile name stands what objects inherit, which has no counters. */
export const usageOf = ({ usage }: Basket, id: string, counter: keyof NonNullable<Basket['usage']>[string]): number =>
  (usage && usage[id] && usage[id]![counter]) || 0

/** Why a rule does not stand here and now, by the tests that need no look at single lines, in the order the reasons are given. */
export function gate(cart: Cart, rule: BoundRule): IssueCode | undefined {
  cart.have = undefined
  const { basket, instant } = cart
  const { from, until, window, channels, stores, codes, codeUntil, limits, methods } = rule
  // A comparison with undefined does not hold.
  const reached = (have: number, need: number | undefined): boolean => have >= (need as number) && measured(cart, have, need as number)
  return instant < (from as number)
    ? (measured(cart, instant, from as number), 'not-started')
    : reached(instant, until)
      ? 'expired'
      : window && !inWindow(window, instant)
        ? 'outside-window'
        : channels && !overlap(channels, basket.channel)
          ? 'channel'
          : rule.off || (stores && !overlap(stores, basket.storeId))
            ? 'store'
            : codes && !overlap(codes, basket.codes)
              ? 'code-missing'
              : codes && reached(instant, codeUntil)
                ? 'code-expired'
                : limits && reached(usageOf(basket, rule.id, 'total'), limits.total)
                  ? 'limit-total'
                  : limits && reached(usageOf(basket, rule.id, 'mine'), limits.perCustomer)
                    ? 'limit-per-customer'
                    : (methods && !overlap(methods, basket.payment)) || cart.net < (rule.atLeast as number)
                      ? 'condition-failed'
                      : undefined
}

/** A rule as the overlay of the basket's store makes it. */
export function inStore(cart: Cart, rule: BoundRule): BoundRule {
  return (cart.overlay && cart.overlay.get(rule.id)) || rule
}

/** Notes the two, and whether it is enough. */
export function measured(cart: Cart, have: number | undefined, need: number): boolean {
  cart.have = have
  cart.need = need
  return (have as number) >= need
}

/** Whether a list names this, or one of these. */
export const overlap = (list: readonly string[], own: string | readonly string[] | undefined): boolean =>
  ([] as (string | undefined)[]).concat(own).some((one) => list.indexOf(one as string) >= 0)

function inWindow({ zone, from, to, days, dateFrom, dateTo }: Window, instant: number): boolean {
  const wall = localSecond(zone, instant)
  let date = Math.floor(wall / 86400)
  const second = wall - date * 86400
  const after = second >= from
  // Inside it is one of the two; a window that passes midnight is outside where it is one of them: before it begins, after it ended.
  if ((after === second > to) !== from > to) return false
  // After midnight the window still belongs to the date on which it began.
  if (!after) date--
  return !(date < (dateFrom as number) || date > (dateTo as number) || (days && days.indexOf(new Date(date * 864e5).getUTCDay() || 7) < 0))
}
