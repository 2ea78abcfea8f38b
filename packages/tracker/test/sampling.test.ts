import { codeOf } from '@omokit/core'
import { createSampling, type SamplingOptions } from '@omokit/tracker/sampling'
import { describe, expect, it } from 'vitest'

const keep = (options: SamplingOptions, event: string, about: { readonly anonId?: string; readonly session?: string }, body = {}): unknown =>
  createSampling(options).before?.(event, body, { ...about, may: () => true })
const visitors = Array.from({ length: 20_000 }, (_, i) => `visitor-${i}`)
const kept = (options: SamplingOptions, event = 'x:seen'): string[] => visitors.filter((anonId) => keep(options, event, { anonId }))

describe('a sample', () => {
  it('is of the asked size, and says its rate with each fact', () => {
    // five standard deviations of a fair draw
    for (const rate of [0.01, 0.1, 0.5, 0.9]) {
      const deviation = Math.sqrt(visitors.length * rate * (1 - rate))
      expect(Math.abs(kept({ rates: { 'x:seen': rate } }).length - visitors.length * rate)).toBeLessThan(5 * deviation)
    }
    const [one] = kept({ rates: { 'x:seen': 0.1 } })
    expect(keep({ rates: { 'x:seen': 0.1 } }, 'x:seen', { anonId: one as string }, { sku: 'cola' })).toEqual({ sku: 'cola', sampleRate: 0.1 })
  })

  it('holds the same visitors each time, and those of a smaller one', () => {
    const tenth = kept({ rates: { 'x:seen': 0.1 } })
    const half = new Set(kept({ rates: { '*': 0.5 } }, 'Product Viewed'))
    expect(kept({ rates: { 'x:seen': 0.1 } })).toEqual(tenth)
    expect(tenth.filter((visitor) => !half.has(visitor))).toEqual([])
    expect(kept({ rates: { 'x:seen': 0.1 }, salt: 'other' })).not.toEqual(tenth)
    // fixed for ever, as computed in Python: another runtime and a later version draw the same
    expect(tenth.slice(0, 5)).toEqual(['visitor-3', 'visitor-5', 'visitor-29', 'visitor-30', 'visitor-32'])
  })

  it('is drawn by session where asked, or where there is no visitor', () => {
    const rates = { 'x:seen': 0.1 }
    const [inside] = kept({ rates })
    const outside = visitors.find((visitor) => !keep({ rates }, 'x:seen', { anonId: visitor })) as string
    expect(keep({ rates, by: 'session' }, 'x:seen', { anonId: outside, session: inside as string })).toEqual({ sampleRate: 0.1 })
    expect(keep({ rates }, 'x:seen', { session: outside })).toBeUndefined()
    expect(keep({ rates }, 'x:seen', {})).toEqual({})
  })

  it('leaves trade, sessions and what has no row alone', () => {
    const rates = { '*': 0, 'x:whole': 1 }
    for (const event of ['Order Completed', 'Receipt Issued', 'Coupon Redeemed', 'Session Started', 'x:whole'])
      expect(keep({ rates }, event, { anonId: 'a' }, { a: 1 })).toEqual({ a: 1 })
    expect(keep({ rates }, 'x:any', { anonId: 'a' })).toBeUndefined()
    expect(keep({ rates: { 'Session Started': 0 } }, 'Session Started', { anonId: 'a' })).toBeUndefined()
    expect(keep({ rates: {} }, 'constructor', { anonId: 'a' })).toEqual({})
  })

  it('is refused with a rate that is none, and for trade', () => {
    const refusal = (rates: Record<string, number>): unknown => {
      try {
        return createSampling({ rates })
      } catch (error) {
        return codeOf(error)
      }
    }
    expect(refusal({ 'x:a': 1.5 })).toBe('invalid')
    expect(refusal({ 'x:a': Number.NaN })).toBe('invalid')
    expect(refusal({ 'Order Completed': 0.5 })).toBe('wrong-lane')
  })
})
