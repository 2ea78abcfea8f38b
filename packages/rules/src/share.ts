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
  while (left !== 0) {
    for (let i = 0; i < parts.length && left !== 0; i++) {
      if (!weights[i] || (left < 0 && !parts[i])) continue
      parts[i]! += left < 0 ? -1 : 1
      left += left < 0 ? 1 : -1
    }
  }
  return parts
}
