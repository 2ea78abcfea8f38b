import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CustomerOrder,
  customerTotals,
  type CustomerTotals,
  lintSegments,
  orderCounts,
  rfmCells,
  rfmHeatmap,
  type RfmSegment,
  rfmSegments,
  rfmThresholds,
  scoreRfm,
} from '@omokit/insights/rfm'
import { valueOf } from './value-of'

const orders: readonly CustomerOrder[] = [
  { customer: 'a', day: 10, amount: 1010 },
  { customer: 'b', day: 12, amount: 500 },
  { customer: 'a', day: 15, amount: 2020 },
  { customer: 'a', day: 11, amount: -30 },
]
const customers = (rows: readonly (readonly [recency: number, frequency: number, monetary: number])[]): CustomerTotals[] =>
  rows.map(([recency, frequency, monetary], i) => ({ customer: `c${i}`, recency, frequency, monetary }))
const totals = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 900_000 })), { minLength: 1, maxLength: 60 })
  .map(customers)

describe('customerTotals', () => {
  it('rolls orders up, whatever their order', () => {
    const rows = [
      { customer: 'a', recency: 5, frequency: 3, monetary: 3000 },
      { customer: 'b', recency: 8, frequency: 1, monetary: 500 },
    ]
    expect(valueOf(customerTotals(orders, 20))).toEqual(rows)
    expect([...valueOf(customerTotals([...orders].reverse(), 20))].sort((x, y) => (x.customer < y.customer ? -1 : 1))).toEqual(rows)
    expect(valueOf(customerTotals(orders, 14))[0]?.recency).toBe(-1)
  })
})

describe('rfmThresholds', () => {
  it('lies one unit above type 7 quantiles, exactly', () => {
    const five = customers([
      [1, 1, 100],
      [2, 2, 200],
      [3, 3, 300],
      [4, 4, 400],
      [6, 5, 800],
    ])
    expect(valueOf(rfmThresholds(five))).toEqual({ recency: [2.8, 3.6, 4.4, 5.4], frequency: [2.8, 3.6, 4.4, 5.2], monetary: [280, 360, 440, 580] })
    expect(valueOf(rfmThresholds(five, 1)).monetary).toEqual([181, 261, 341, 481])
    expect(valueOf(rfmThresholds(customers([[3, 1, 50]])))).toEqual({ recency: [4, 4, 4, 4], frequency: [2, 2, 2, 2], monetary: [150, 150, 150, 150] })
  })

  it('puts who stands on a quantile into the band below', () => {
    // six customers: the quantiles are the values themselves
    const six = customers([0, 1, 2, 3, 4, 5].map((i) => [i, i + 1, i * 100] as const))
    expect(valueOf(scoreRfm(six, valueOf(rfmThresholds(six)))).map(({ r, f, m }) => `${r}${f}${m}`)).toEqual(['511', '511', '422', '333', '244', '155'])
  })
})

describe('scoreRfm', () => {
  const thresholds = { recency: [115, 181, 297, 482], frequency: [4, 5, 6, 8], monetary: [25_600, 38_200, 50_600, 66_600] }

  it('takes who is equal to a threshold for having reached it', () => {
    const scores = valueOf(
      scoreRfm(
        customers([
          [114, 8, 66_600],
          [115, 7, 66_599],
          [482, 3, 25_599],
        ]),
        thresholds,
      ),
    )
    expect(scores.map(({ r, f, m }) => [r, f, m])).toEqual([
      [5, 5, 5],
      [4, 4, 4],
      [1, 1, 1],
    ])
  })

  it('gives equal customers equal scores, better ones no worse, and does not depend on order', () => {
    fc.assert(
      fc.property(totals, (rows) => {
        const own = valueOf(rfmThresholds(rows))
        expect(valueOf(rfmThresholds([...rows].reverse()))).toEqual(own)
        const scored = valueOf(scoreRfm(rows, own))
        for (const one of scored)
          for (const other of scored) {
            if (one.recency <= other.recency) expect(one.r).toBeGreaterThanOrEqual(other.r)
            if (one.frequency >= other.frequency) expect(one.f).toBeGreaterThanOrEqual(other.f)
            if (one.monetary >= other.monetary) expect(one.m).toBeGreaterThanOrEqual(other.m)
          }
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  it('takes a threshold written as a decimal of yuan for the whole fen it means', () => {
    const [one] = valueOf(scoreRfm(customers([[1, 1, 1_15]]), { ...thresholds, monetary: [1.15 * 100, 2e9, 3e9, 4e9] }))
    expect(one?.m).toBe(2)
  })
})

describe('cells, heat map, counts', () => {
  it('count every customer once', () => {
    fc.assert(
      fc.property(totals, (rows) => {
        const scored = valueOf(scoreRfm(rows, valueOf(rfmThresholds(rows))))
        const sum = (list: readonly { readonly customers: number }[]): number => list.reduce((all, row) => all + row.customers, 0)
        expect(sum(rfmCells(scored))).toBe(rows.length)
        expect(sum(rfmHeatmap(scored))).toBe(rows.length)
        const { customers: known, orders: ordered, revenue, byOrders } = orderCounts(rows)
        expect([known, sum(byOrders)]).toEqual([rows.length, rows.length])
        expect(byOrders.reduce((all, row) => all + row.orders * row.customers, 0)).toBe(ordered)
        expect(rfmCells(scored).reduce((all, row) => all + row.revenue, 0)).toBe(revenue)
      }),
      { seed: 3, numRuns: 100 },
    )
  })

  it('name cells by their digits, best first, and give means', () => {
    const scored = valueOf(
      scoreRfm(
        customers([
          [1, 1, 100],
          [1, 1, 300],
          [500, 1, 100],
        ]),
        { recency: [2, 3, 4, 5], frequency: [2, 3, 4, 5], monetary: [1e9, 2e9, 3e9, 4e9] },
      ),
    )
    expect(rfmCells(scored)).toEqual([
      { cell: '511', customers: 2, orders: 2, revenue: 400 },
      { cell: '111', customers: 1, orders: 1, revenue: 100 },
    ])
    expect(rfmHeatmap(scored)).toEqual([
      { f: 1, r: 1, customers: 1, meanMonetary: 100 },
      { f: 1, r: 5, customers: 2, meanMonetary: 200 },
    ])
  })
})

describe('segments', () => {
  const any = [1, 5] as const
  const champions: RfmSegment = { name: 'champions', recency: [4, 5], frequency: [4, 5], monetary: [4, 5] }
  const loyal: RfmSegment = { name: 'loyal', recency: any, frequency: [4, 5], monetary: any }

  it('take the first that holds, and leave out those with nobody', () => {
    const scored = customers([
      [1, 9, 900],
      [1, 9, 10],
      [1, 1, 10],
    ]).map((row, i) => ({ ...row, r: 5, f: [5, 5, 1][i] as number, m: [5, 1, 1][i] as number }))
    expect(valueOf(rfmSegments(scored, [champions, loyal, { ...loyal, name: 'never' }], 'others'))).toEqual([
      { segment: 'champions', customers: 1, orders: 9, revenue: 900 },
      { segment: 'loyal', customers: 1, orders: 9, revenue: 10 },
      { segment: 'others', customers: 1, orders: 1, revenue: 10 },
    ])
  })

  it('are looked through for dead rules and holes', () => {
    // the well-known table of ten, whose last rules nobody can reach
    const ten = (
      [
        ['Champions', [4, 5], [4, 5], [4, 5]],
        ['Loyal Customers', [2, 5], [3, 5], [3, 5]],
        ['Potential Loyalist', [3, 5], [1, 3], [1, 3]],
        ['New Customers', [4, 5], [1, 1], [1, 1]],
        ['Promising', [3, 4], [1, 1], [1, 1]],
        ['Need Attention', [2, 3], [2, 3], [2, 3]],
        ['About To Sleep', [2, 3], [1, 2], [1, 2]],
        ['At Risk', [1, 2], [2, 5], [2, 5]],
        ["Can't Lose Them", [1, 1], [4, 5], [4, 5]],
        ['Lost', [1, 2], [1, 2], [1, 2]],
      ] as const
    ).map(([name, recency, frequency, monetary]) => ({ name, recency, frequency, monetary }))
    const { unreachable, uncovered } = valueOf(lintSegments(ten))
    expect(unreachable).toEqual(['New Customers', 'Promising', "Can't Lose Them"])
    expect(uncovered.length).toBeGreaterThan(0)
    expect(uncovered).toContain('551')
    expect(valueOf(lintSegments([{ name: 'all', recency: any, frequency: any, monetary: any }]))).toEqual({ unreachable: [], uncovered: [] })
  })
})

describe('what is refused', () => {
  const row = customers([[1, 1, 1]])
  const good = valueOf(rfmThresholds(row))
  it.each([
    [customerTotals([{ customer: 'a', day: 1.5, amount: 1 }], 2), 'invalid', 'orders.0.day'],
    [customerTotals([{ customer: 'a', day: 1, amount: 0.1 }], 2), 'not-an-amount', 'orders.0.amount'],
    [customerTotals([], Number.NaN), 'invalid', 'today'],
    [rfmThresholds([]), 'invalid', 'customers'],
    [rfmThresholds(row, 0), 'invalid', 'unit'],
    [rfmThresholds(customers([[1, Number.NaN, 1]])), 'invalid', 'customers.0.frequency'],
    [scoreRfm(row, { ...good, recency: [1, 2, 3] }), 'invalid', 'thresholds.recency'],
    [scoreRfm(row, { ...good, monetary: [1, 2, 3, 2] }), 'invalid', 'thresholds.monetary.3'],
    [rfmSegments([], [{ name: 'x', recency: [5, 1], frequency: [1, 1], monetary: [1, 1] }], 'y'), 'invalid', 'segments.0.recency'],
    [lintSegments([{ name: 'x', recency: [1, 5], frequency: [1, 5], monetary: [Number.NaN, 1] }]), 'invalid', 'segments.0.monetary'],
  ])('%#: %j', (answer, code, path) => {
    expect(answer).toMatchObject({ ok: false, issues: [{ code, path }] })
  })
})
