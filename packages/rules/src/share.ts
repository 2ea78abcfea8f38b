import { allocate, mulDiv } from '@omokit/core'
import type { SettingsRule } from './rule-book'

/** Shares an amount over weights as the book says; the parts sum to it. A weight of 0 gets nothing. */
export function share(amount: number, weights: readonly number[], method: SettingsRule['allocation']): number[] {
  if (method === undefined || method === 'largest-remainder') return allocate(amount, weights)
  let sum = 0
  for (const weight of weights) sum += weight
  if (sum === 0) return weights.map(() => 0)
  const nearest = method === 'round-then-first'
  const parts = weights.map((weight) => mulDiv(amount, weight, sum, nearest ? 'half-down' : 'down'))
  let left = amount
  for (const part of parts) left -= part
  // At most one for each part, and as many as are needed can give or take it: one pass is enough.
  const step = Math.sign(left)
  for (let i = 0; left !== 0; i++) {
    if (!weights[i] || (parts[i] as number) + step < 0) continue
    parts[i]! += step
    left -= step
  }
  return parts
}
