import type { Result } from '@omokit/core'
import { accept, refuse } from '@omokit/core'

/** A Tianchi discount rate as a coupon definition: `30:5` takes 5.00 from 30.00 on, `0.95` takes 5 % off. */
export type CouponOffer =
  | { readonly kind: 'threshold'; readonly atLeast: number; readonly amount: number }
  | { readonly kind: 'rate' /** Percent taken off, a decimal text: "5", "12.5". */; readonly percent: string }

/** Reads a discount rate; amounts in fen. */
export function couponOfRate(text: string): Result<CouponOffer> {
  const threshold = /^(\d{1,7}):(\d{1,7})$/.exec(text)
  if (threshold) {
    const atLeast = Number(threshold[1]) * 100
    const amount = Number(threshold[2]) * 100
    return amount > 0 && amount <= atLeast
      ? accept({ kind: 'threshold', atLeast, amount })
      : refuse('invalid', { path: 'discount_rate', have: text, need: 'X:Y with 0 < Y <= X' })
  }
  const rate = /^0\.(\d{1,4})$/.exec(text)
  if (!rate) return refuse('invalid', { path: 'discount_rate', have: text, need: 'X:Y or 0.NN' })
  const parts = 10_000 - Number((rate[1] as string).padEnd(4, '0'))
  if (parts <= 0 || parts >= 10_000) return refuse('invalid', { path: 'discount_rate', have: text, need: 'above 0 and below 1' })
  const fraction = String(parts % 100)
    .padStart(2, '0')
    .replace(/0+$/, '')
  return accept({ kind: 'rate', percent: `${Math.floor(parts / 100)}${fraction ? `.${fraction}` : ''}` })
}
