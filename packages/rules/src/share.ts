import { allocate, mulDiv } from '@omokit/core'
import type { SettingsRule } from './rule-book'
import { sum } from './sum'

/** Shares an amount over weights as the book says; the parts sum to it. A weight of 0 gets nothing. */
export function share(amount: number, weights: readonly number[], method: SettingsRule['allocation']): number[] {
  const nearest = method === 'round-then-first'
  if (!nearest && method !== 'floor-then-first') return allocate(amount, weights)
  const whole = sum(weights)
  if (whole === 0) return weights.map(() => 0)
  const parts = weights.map((weight) => mulDiv(amount, weight, whole, nearest ? 'half-down' : 'down'))
  let left = amount - sum(parts)
  // At most one for each part, and as many as are needed can give or take it: one pass is enough.
  const step = Math.sign(left)
  for (let i = 0; left !== 0; i++) {
    if (!weights[i] || (parts[i] as number) + step < 0) continue
    parts[i]! += step
    left -= step
  }
  return parts
}
