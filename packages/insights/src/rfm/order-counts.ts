import type { CustomerTotals } from './customer-totals'

export interface OrderCounts {
  readonly customers: number
  readonly orders: number
  /** Minor units. */
  readonly revenue: number
  /** How many customers have exactly so many orders, fewest first. */
  readonly byOrders: readonly { readonly orders: number; readonly customers: number }[]
}

/** Totals of all customers, and how their numbers of orders are spread. */
export function orderCounts(customers: readonly CustomerTotals[]): OrderCounts {
  const by = new Map<number, number>()
  let orders = 0
  let revenue = 0
  for (const { frequency, monetary } of customers) {
    orders += frequency
    revenue += monetary
    by.set(frequency, (by.get(frequency) || 0) + 1)
  }
  const byOrders = Array.from(by, ([count, own]) => ({ orders: count, customers: own })).sort((a, b) => a.orders - b.orders)
  return { customers: customers.length, orders, revenue, byOrders }
}
