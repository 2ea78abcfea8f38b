import { accept, checkAmount, checkCount, checkEach, type Result } from '../result'

/** One order of one customer. */
export interface CustomerOrder {
  readonly customer: string
  /** Day of the order in the shop's own calendar, counted from 1970-01-01; `Date.parse('2026-11-28') / 86_400_000`. */
  readonly day: number
  /** Minor units; negative for a return. */
  readonly amount: number
}

/** What all orders of a customer come to: the roll-up a hub keeps beside the orders, one row a customer. */
export interface CustomerTotals {
  readonly customer: string
  /** Whole days from the last order to the day looked from. */
  readonly recency: number
  /** Number of orders. */
  readonly frequency: number
  /** Minor units. */
  readonly monetary: number
}

/**
 * Rolls orders up to one row a customer, in the order of their first order given. Sums are integers, so equal sums are equal.
 *
 * @param today the day looked from, counted as in {@link CustomerOrder}; an order after it gives a negative recency
 */
export function customerTotals(orders: readonly CustomerOrder[], today: number): Result<readonly CustomerTotals[]> {
  const wrong =
    checkCount('today', today, -1e8, 1e8) ||
    checkEach('orders', orders, ({ day, amount }) => checkCount('day', day, -1e8, 1e8) || checkAmount('amount', amount))
  if (wrong) return wrong
  const totals = new Map<string, { customer: string; recency: number; frequency: number; monetary: number }>()
  for (const { customer, day, amount } of orders) {
    let own = totals.get(customer)
    if (!own) totals.set(customer, (own = { customer, recency: today - day, frequency: 0, monetary: 0 }))
    own.recency = Math.min(own.recency, today - day)
    own.frequency++
    own.monetary += amount
  }
  return accept(Array.from(totals.values()))
}
