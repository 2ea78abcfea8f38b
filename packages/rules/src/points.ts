import { mulDiv } from '@omokit/core'
import type { Cart, CartLine } from './cart'
import type { Compiled } from './compile'
import { failing, gate } from './conditions'
import { some } from './line-filter'
import type { BurnRule, EarnRule } from './rule-book'

/** The first of the rows that stands here and now. */
export function standing<R extends { readonly kind: string }>(cart: Cart, rows: readonly Compiled<R>[], also: (rule: R) => boolean = () => true): Compiled<R> | undefined {
  return rows.find((row) => !gate(cart, row) && also(row.rule) && !failing(cart, row.id, row.when))
}

/** How points are earned here and now. */
export const earnRow = (cart: Cart): Compiled<EarnRule> | undefined => standing(cart, cart.book.earns)

/** How points are burned here and now. */
export const burnRow = (cart: Cart): Compiled<BurnRule> | undefined => standing(cart, cart.book.burns)

/** Lines without any of the tags. */
export function linesWithout(cart: Cart, notTags: ReadonlySet<string> | undefined): readonly number[] {
  return notTags ? cart.all.filter((l) => !some(notTags, (cart.lines[l] as CartLine).tags)) : cart.all
}

/** Points that line nets earn by a row. */
export function pointsFor(row: Compiled<EarnRule>, nets: readonly number[]): number {
  const { per, points, mode, multiplierAfterFloor } = row.rule
  const { num, den } = row.ratio as NonNullable<typeof row.ratio>
  const of = (base: number): number => (multiplierAfterFloor ? mulDiv(mulDiv(base, 1, per), points * num, den) : mulDiv(base, points * num, per * den))
  let sum = 0
  for (const net of nets) sum += mode === 'line' ? of(net) : net
  return mode === 'line' ? sum : of(sum)
}
