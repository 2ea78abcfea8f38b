import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, currencyDigits, formatAmount, isAmount, mulDiv, parseAmount } from '@omokit/core'
import type { Rounding } from '@omokit/core'

const natural = fc.oneof(fc.maxSafeNat(), fc.nat(1e6), fc.constantFrom(0, 1, 2 ** 53 - 1, 2 ** 52, 2 ** 26, 94906267))

describe('mulDiv', () => {
  it('rounds as its name says', () => {
    const five = (rounding: Rounding): number[] => [1, 2, 3, 4, 5, 6].map((x) => mulDiv(x, 1, 4, rounding))
    expect(five('down')).toEqual([0, 0, 0, 1, 1, 1])
    expect(five('up')).toEqual([1, 1, 1, 1, 2, 2])
    expect(five('half-up')).toEqual([0, 1, 1, 1, 1, 2])
    expect(five('half-down')).toEqual([0, 0, 1, 1, 1, 1])
    expect(five('half-even')).toEqual([0, 0, 1, 1, 1, 2])
  })

  it('equals the exact product and quotient up to the largest safe integer', () => {
    const modes: Rounding[] = ['down', 'up', 'half-up', 'half-down', 'half-even']
    fc.assert(
      fc.property(natural, natural, natural, fc.constantFrom(...modes), (a, b, c, mode) => {
        fc.pre(c > 0)
        const product = BigInt(a) * BigInt(b)
        const divisor = BigInt(c)
        let want = product / divisor
        const rest = (product % divisor) * 2n
        if (
          rest > 0n &&
          (mode === 'up' || (mode !== 'down' && (rest > divisor || (rest === divisor && (mode === 'half-up' || (mode === 'half-even' && want % 2n === 1n))))))
        )
          want += 1n
        if (want > BigInt(Number.MAX_SAFE_INTEGER)) expect(() => mulDiv(a, b, c, mode)).toThrowError('not-an-amount')
        else expect(mulDiv(a, b, c, mode)).toBe(Number(want))
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('allocate', () => {
  it('gives the published shares of 300 over 4300, 1400, 2300', () => expect(allocate(300, [4300, 1400, 2300])).toEqual([161, 53, 86]))
  it('gives ties to the earlier', () => expect(allocate(2, [1, 1, 1])).toEqual([1, 1, 0]))
  it('gives nothing to a weight of 0, and nothing at all when all are 0', () => {
    expect(allocate(5, [0, 3, 0])).toEqual([0, 5, 0])
    expect(allocate(5, [0, 0])).toEqual([0, 0])
    expect(allocate(0, [1, 2])).toEqual([0, 0])
    expect(allocate(5, [])).toEqual([])
  })

  it('sums to the amount and is the largest remainder, for many parts too', () => {
    const weights = fc.oneof(fc.array(fc.nat(1e6), { maxLength: 12 }), fc.array(fc.nat(1e13), { minLength: 41, maxLength: 90 }))
    fc.assert(
      fc.property(fc.nat(1e13), weights, (amount, parts) => {
        const shares = allocate(amount, parts)
        const sum = parts.reduce((a, b) => a + b, 0)
        expect(shares.reduce((a, b) => a + b, 0)).toBe(sum ? amount : 0)
        if (!sum) return
        const exact = parts.map((part) => ({ floor: (BigInt(amount) * BigInt(part)) / BigInt(sum), rest: (BigInt(amount) * BigInt(part)) % BigInt(sum) }))
        const left = BigInt(amount) - exact.reduce((a, b) => a + b.floor, 0n)
        const order = exact.map((_, i) => i).sort((a, b) => (exact[b]!.rest > exact[a]!.rest ? 1 : exact[b]!.rest < exact[a]!.rest ? -1 : a - b))
        const want = exact.map((e) => Number(e.floor))
        for (let k = 0; k < Number(left); k++) want[order[k]!]!++
        expect(shares).toEqual(want)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('amounts', () => {
  it('are integers of minor units from 0 to 1e13', () => {
    expect([0, 1, 1e13].every(isAmount)).toBe(true)
    for (const bad of [-1, -0, 0.5, 1e13 + 1, NaN, Infinity, '1', null, undefined]) expect(isAmount(bad)).toBe(false)
  })

  it('know the digits of a currency', () => {
    expect(['CNY', 'JPY', 'KWD', 'CLF', 'ISK', 'USD'].map(currencyDigits)).toEqual([2, 0, 3, 4, 0, 2])
    expect(currencyDigits('cny')).toBeUndefined()
  })

  it('are written and read without loss', () => {
    expect(formatAmount(123450, 'CNY')).toBe('1234.50')
    expect(formatAmount(-7, 'CNY')).toBe('-0.07')
    expect(formatAmount(500, 'JPY')).toBe('500')
    expect(parseAmount('1234.5', 'CNY')).toEqual({ ok: true, value: 123450 })
    expect(() => formatAmount(0.5, 'CNY')).toThrowError('not-an-amount')
    expect(() => formatAmount(1, 'yuan')).toThrowError('unknown-currency')
    for (const bad of ['', '1.', '.5', '-1', '1,000', '1e3', ' 1', '0.005', '100000000000000']) expect(parseAmount(bad, 'CNY').ok).toBe(false)
    expect(parseAmount('1', 'x')).toEqual({ ok: false, issues: [{ code: 'unknown-currency', have: 'x' }] })
    fc.assert(
      fc.property(fc.nat(1e13), fc.constantFrom('CNY', 'JPY', 'KWD', 'CLF'), (amount, currency) => {
        expect(parseAmount(formatAmount(amount, currency), currency)).toEqual({ ok: true, value: amount })
      }),
    )
  })
})
