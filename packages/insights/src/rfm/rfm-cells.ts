import { totalOf } from '../total-of'
import type { ScoredCustomer } from './score-rfm'

export interface RfmCell {
  /** The three scores as digits, recency first: `555` are the best customers. */
  readonly cell: string
  readonly customers: number
  /** Sum of frequency. */
  readonly orders: number
  /** Sum of monetary, minor units. */
  readonly revenue: number
}

/** Counts customers by their three scores; cells that occur, best first. */
export function rfmCells(customers: readonly ScoredCustomer[]): readonly RfmCell[] {
  const cells = new Map<string, { cell: string; customers: number; orders: number; revenue: number }>()
  for (const { r, f, m, frequency, monetary } of customers) {
    const cell = `${r}${f}${m}`
    let own = cells.get(cell)
    if (!own) cells.set(cell, (own = { cell, customers: 0, orders: 0, revenue: 0 }))
    own.customers++
    own.orders += frequency
    own.revenue += monetary
  }
  return Array.from(cells.values()).sort((a, b) => (a.cell < b.cell ? 1 : -1))
}

export interface HeatCell {
  readonly f: number
  readonly r: number
  readonly customers: number
  /** Mean of monetary, minor units, not rounded. */
  readonly meanMonetary: number
}

/** Mean money of customers by their scores of frequency and recency; cells that occur, lowest first. */
export function rfmHeatmap(customers: readonly ScoredCustomer[]): readonly HeatCell[] {
  const cells: HeatCell[] = []
  for (let f = 1; f <= 5; f++)
    for (let r = 1; r <= 5; r++) {
      const own = customers.filter((one) => one.f === f && one.r === r)
      if (own.length) cells.push({ f, r, customers: own.length, meanMonetary: totalOf(own.map(({ monetary }) => monetary)) / own.length })
    }
  return cells
}
