import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderedFunnel, stageFunnel, stageOf, type CountedEvent, type FunnelEvent } from '@omokit/insights/funnel'

describe('stageFunnel', () => {
  it('counts persons by 引流 → 转化 → 留存 → 裂变', () => {
    const events: CountedEvent[] = [
      { person: 'a', kind: 'Page Viewed', count: 9, channel: 'web' },
      { person: 'a', kind: 'Receipt Issued', count: 2, channel: 'till' },
      { person: 'b', kind: 'Store Entered', channel: 'till' },
      { person: 'c', kind: 'Order Completed', channel: 'web' },
      { person: 'c', kind: 'Product Shared', channel: 'web' },
      { person: 'd', kind: 'Product Viewed', channel: 'miniprogram' },
      { person: 'd', kind: 'Consent Recorded' },
    ]
    expect(stageFunnel(events)).toEqual({
      stages: [
        { stage: 'draw', persons: 4, events: 11, rate: 1 },
        { stage: 'convert', persons: 2, events: 3, of: 'draw', rate: 0.5 },
        { stage: 'retain', persons: 1, events: 1, of: 'convert', rate: 0.5 },
        { stage: 'refer', persons: 1, events: 1, of: 'draw', rate: 0.25 },
      ],
      crossChannel: 1,
    })
  })

  it('counts a purchase in a store as drawn, so that no rate passes 1', () => {
    expect(stageFunnel([{ person: 'a', kind: 'Receipt Issued' }]).stages.map((row) => row.persons)).toEqual([1, 1, 0, 0])
  })

  it("takes the brand's own events and is empty on nothing", () => {
    expect(stageFunnel([{ person: 'a', kind: 'x:Tasted' }], (kind) => (kind === 'x:Tasted' ? 'draw' : stageOf(kind))).stages[0]?.persons).toBe(1)
    expect(stageFunnel([])).toEqual({
      stages: [
        { stage: 'draw', persons: 0, events: 0, rate: 1 },
        { stage: 'convert', persons: 0, events: 0, of: 'draw', rate: 0 },
        { stage: 'retain', persons: 0, events: 0, of: 'convert', rate: 0 },
        { stage: 'refer', persons: 0, events: 0, of: 'draw', rate: 0 },
      ],
      crossChannel: 0,
    })
  })

  it('does not depend on the order of rows or on how they were counted together', () => {
    const row = fc.record({
      person: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('Page Viewed', 'Order Completed', 'Product Shared', 'x:y'),
      count: fc.integer({ min: 0, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const single = rows
          .reverse()
          .reduce<CountedEvent[]>((all, { person, kind, count }) => all.concat(Array.from({ length: count }, () => ({ person, kind }))), [])
        expect(stageFunnel(rows.reverse())).toEqual(stageFunnel(single))
        for (const { rate } of stageFunnel(rows).stages) expect(rate).toBeLessThanOrEqual(1)
      }),
      { seed: 3 },
    )
  })
})

describe('orderedFunnel', () => {
  const day = 86_400_000
  const event = (person: string, kind: string, seconds: number, channel = 'web'): FunnelEvent => ({ person, kind, at: seconds * 1000, channel })

  it('wants steps in order and the whole path inside the window, counted from its first step', () => {
    const events = [
      event('u1', 'view', 0),
      event('u1', 'coupon', 60, 'mini'),
      event('u1', 'redeem', 7200, 'store'),
      event('u2', 'view', 0, 'mini'),
      event('u2', 'redeem', 30, 'store'),
      event('u2', 'coupon', 90, 'mini'),
      event('u3', 'view', 0),
      event('u3', 'coupon', 700_000),
      event('u4', 'coupon', 0, 'mini'),
      event('u4', 'view', 10),
      event('u4', 'coupon', 20),
      event('u4', 'redeem', 40),
      event('u5', 'view', 5),
      event('u5', 'view', 6),
      event('u5', 'coupon', 7),
    ]
    expect(orderedFunnel(events, { steps: ['view', 'coupon', 'redeem'], windowMs: 7 * day })).toEqual({
      reached: [5, 4, 2],
      rates: [1, 0.8, 0.4],
      crossChannel: 1,
    })
  })

  it('lets a later first step begin a new path', () => {
    const events = [event('u', 'view', 0), event('u', 'view', 100), event('u', 'order', 150)]
    expect(orderedFunnel(events, { steps: ['view', 'order'], windowMs: 60_000 }).reached).toEqual([1, 1])
  })

  it('counts the earliest of equally long paths, which decides where it began', () => {
    const events = [event('u', 'view', 0, 'mini'), event('u', 'view', 1, 'web'), event('u', 'order', 2, 'web')]
    expect(orderedFunnel(events, { steps: ['view', 'order'], windowMs: 9000 }).crossChannel).toBe(1)
    expect(orderedFunnel(events.slice(1), { steps: ['view', 'order'], windowMs: 9000 }).crossChannel).toBe(0)
  })

  it('takes a step that is named twice by two events', () => {
    const twice = { steps: ['order', 'order'], windowMs: 9000 }
    expect(orderedFunnel([event('u', 'order', 0), event('v', 'order', 0), event('v', 'order', 1)], twice).reached).toEqual([2, 1])
  })

  it('finds the same as trying every path', () => {
    const events = fc.array(fc.record({ kind: fc.constantFrom('a', 'b', 'c'), at: fc.integer({ min: 0, max: 12 }) }), { maxLength: 8 })
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 8 }), (list, windowMs) => {
        const sorted = list.map((each, i) => ({ ...each, i })).sort((x, y) => x.at - y.at || x.i - y.i)
        const deepest = (from: number, step: number, start: number): number => {
          let best = 0
          for (let i = from; i < sorted.length; i++) {
            const each = sorted[i] as { kind: string; at: number }
            const begin = step ? start : each.at
            if (each.kind === ['a', 'b', 'c'][step] && each.at - begin <= windowMs) best = Math.max(best, 1 + deepest(i + 1, step + 1, begin))
          }
          return best
        }
        const { reached } = orderedFunnel(
          list.map((each) => ({ ...each, person: 'p' })),
          { steps: ['a', 'b', 'c'], windowMs },
        )
        expect(reached.reduce((sum, n) => sum + n, 0)).toBe(deepest(0, 0, 0))
      }),
      { seed: 9, numRuns: 500 },
    )
  })
})
