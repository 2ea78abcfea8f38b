import { describe, expect, it } from 'vitest'
import { kFactor, netPromoterScore } from '@omokit/insights/growth'
import { priceConsistency } from '@omokit/insights/parity'
import { channelRoi } from '@omokit/insights/roi'
import { valueOf } from './value-of'

describe('growth', () => {
  it('scores recommendations', () => {
    expect(valueOf(netPromoterScore([10, 9, 8, 7, 6, 0]))).toEqual({ promoters: 2, passives: 2, detractors: 2, nps: 0 })
    expect(valueOf(netPromoterScore([0])).nps).toBe(-100)
  })

  it('says how far referrals carry, and that they have no end from k = 1 on', () => {
    expect(valueOf(kFactor({ customers: 4, invites: 8, accepted: 2 }))).toEqual({ invitesPerCustomer: 2, acceptance: 0.25, k: 0.5, amplificationLimit: 2 })
    expect(valueOf(kFactor({ customers: 4, invites: 0, accepted: 4 }))).toEqual({ invitesPerCustomer: 0, acceptance: null, k: 1, amplificationLimit: null })
  })
})

describe('price parity', () => {
  const article = (sku: string, ...prices: number[]): Parameters<typeof priceConsistency>[0][number] => ({
    sku,
    prices: prices.map((price, i) => ({ channel: `c${i}`, price })),
  })

  it('lets exactly on the tolerance pass, and an article free in one channel only never', () => {
    const { spread, inconsistent, score } = valueOf(
      priceConsistency([article('a', 5000, 5005), article('b', 12_000, 12_013), article('c', 0, 1), article('d', 0, 0)]),
    )
    expect(spread.map((one) => one.spread)).toEqual([0.001, expect.closeTo(0.00108333, 8) as number, null, 0])
    expect([inconsistent, score]).toEqual([['b', 'c'], 0.5])
    expect(valueOf(priceConsistency([article('a', 100, 130)], 0.3)).inconsistent).toEqual([])
  })
})

describe('roi', () => {
  it('has no ratio without spend, and a loss under a good roas', () => {
    expect(
      valueOf(
        channelRoi([
          { channel: 'sms', revenue: 800_000, margin: 0.4, spend: 400_000 },
          { channel: 'store', revenue: 5_000_000, margin: 0.4, spend: 0 },
        ]),
      ),
    ).toEqual([
      { channel: 'sms', roas: 2, roi: expect.closeTo(-0.2, 12) as number },
      { channel: 'store', roas: null, roi: null },
    ])
  })
})

describe('what is refused', () => {
  const sale = { channel: 'x', revenue: 1, margin: 0.5, spend: 1 }
  it.each([
    [netPromoterScore([]), 'invalid', 'answers'],
    [netPromoterScore([5, 11]), 'invalid', 'answers.1'],
    [kFactor({ customers: 0, invites: 1, accepted: 1 }), 'invalid', 'customers'],
    [kFactor({ customers: 1, invites: -1, accepted: 1 }), 'invalid', 'invites'],
    [kFactor({ customers: 1, invites: 1, accepted: 0.5 }), 'invalid', 'accepted'],
    [priceConsistency([]), 'invalid', 'articles'],
    [priceConsistency([{ sku: 'a', prices: [] }]), 'invalid', 'articles.0.prices'],
    [priceConsistency([{ sku: 'a', prices: [{ channel: 'x', price: 1.5 }] }]), 'not-an-amount', 'articles.0.prices.0'],
    [priceConsistency([{ sku: 'a', prices: [{ channel: 'x', price: -1 }] }]), 'invalid', 'articles.0.prices.0'],
    [priceConsistency([{ sku: 'a', prices: [{ channel: 'x', price: 1 }] }], -1), 'invalid', 'tolerance'],
    [channelRoi([{ ...sale, revenue: 0.5 }]), 'not-an-amount', 'channels.0.revenue'],
    [channelRoi([{ ...sale, spend: 0.5 }]), 'not-an-amount', 'channels.0.spend'],
    [channelRoi([sale, { ...sale, spend: -1 }]), 'invalid', 'channels.1.spend'],
    [channelRoi([{ ...sale, margin: 1.5 }]), 'invalid', 'channels.0.margin'],
  ])('%#: %j', (answer, code, path) => {
    expect(answer).toMatchObject({ ok: false, issues: [{ code, path }] })
  })
})
