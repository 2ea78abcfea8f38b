import { mulDiv } from '@omokit/core'
import { matching, netsOf } from './cart'
import type { Cart } from './cart'
import type { BoundRule } from './compile'
import { failing } from './conditions'
import { gate, inStore } from './gate'
import { ratio } from './ratio'
import { sum } from './sum'

/** Those of some rules that stand here and now. */
export const standing = (cart: Cart, rules: readonly BoundRule[]): BoundRule[] =>
  rules.map((rule) => inStore(cart, rule)).filter((rule) => !gate(cart, rule) && !failing(cart, rule))

/** Points that what is left of the lines earns by a row; none without one. */
export function pointsFor(cart: Cart, rule: BoundRule | undefined): number {
  if (!rule) return 0
  const { per, points, multiplier = 1 } = rule
  const { num, den } = ratio(multiplier)
  const of = (base: number): number => (rule.multiplierAfterFloor ? mulDiv(mulDiv(base, 1, per), points * num, den) : mulDiv(base, points * num, per * den))
  const nets = netsOf(matching(cart, rule.f))
  return rule.mode === 'line' ? sum(nets.map(of)) : of(sum(nets))
}
