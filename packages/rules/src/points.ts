import { mulDiv } from '@omokit/core'
import type { Cart } from './cart'
import type { BoundRule } from './compile'
import { failing } from './conditions'
import { gate, inStore } from './gate'
import { ratio } from './ratio'
import type { Rule } from './rule-book'

/** The first of the rules of a kind, or of those of them that count, that stands here and now. */
export function standing(cart: Cart, kind: Rule['kind'], rules: readonly BoundRule[] = cart.book.rules[kind]): BoundRule | undefined {
  for (let i = 0; i < rules.length; i++) {
    const rule = inStore(cart, rules[i] as BoundRule)
    if (!gate(cart, rule) && !failing(cart, rule)) return rule
  }
  return undefined
}

/** Points that line nets earn by a row. */
export function pointsFor({ per, points, mode, multiplier = 1, multiplierAfterFloor }: BoundRule, nets: readonly number[]): number {
  const { num, den } = ratio(multiplier)
  const of = (base: number): number => (multiplierAfterFloor ? mulDiv(mulDiv(base, 1, per), points * num, den) : mulDiv(base, points * num, per * den))
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
  return mode === 'line' ? sum(nets.map(of)) : of(sum(nets))
}
