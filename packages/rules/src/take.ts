import { allocate } from '@omokit/core'
import { roomOf } from './cart'
import type { Cart, CartLine, Run } from './cart'
import type { BoundRule } from './compile'
import { sum } from './sum'
import type { Funding, Modifier } from './types'

/** Takes an amount off a line, as far as it has room, from its units in proportion to weights; by default what these come to. Answers what it took. */
export function take(cart: Cart, line: CartLine, weights: readonly number[], off: number = sum(weights)): number {
  const { run } = cart
  const amount = Math.min(off, roomOf(line))
  if (!amount) return 0
  const { rule } = run as Run
  const parts = line.qty === 1 ? [amount] : allocate(amount, weights)
  for (let u = 0; u < parts.length; u++) line.unit[u]! -= parts[u] as number
  line.net -= amount
  cart.net -= amount
  // One modifier for all effects of a run.
  const before = line.run === run && line.mods.pop()
  const whole = before ? amount + before.amount : amount
  line.mods.push({
    rule: rule.id,
    kind: rule.kind as Modifier['kind'],
    amount: whole,
    units: before ? parts.map((part, u) => part + (before.units[u] as number)) : parts,
    funding: fundingOf(whole, rule.funding),
  })
  line.run = run
  return amount
}

/** Who pays an amount: the brand alone, or by shares. */
function fundingOf(brand: number, shares: BoundRule['funding'], store = 0, partner = 0, platform = 0): Funding {
  if (shares) [brand, store, partner, platform] = allocate(brand, shares) as [number, number, number, number]
  return { brand, store, partner, platform }
}
