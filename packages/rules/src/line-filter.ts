import type { Filter } from './rule-book'

/** A filter made ready: what it names as sets, so that a line is tested in constant time. */
export type LineFilter = { readonly [K in keyof Filter]: Filter[K] extends readonly string[] | undefined ? ReadonlySet<string> : Filter[K] }

/** What a filter looks at. */
export interface FilteredLine {
  readonly sku: string
  readonly tags: readonly string[]
  readonly price: number
  readonly onSale: boolean
  readonly member: boolean
}

export function lineFilter(filter: Filter): LineFilter {
  const made: Record<string, unknown> = {}
  for (const key in filter) {
    const one = filter[key as keyof Filter]
    made[key] = Array.isArray(one) ? new Set(one) : one
  }
  return made
}

/** Whether a line fits. Lines without units are left out before. A comparison with undefined does not hold. */
export function fits({ skus, tags, notSkus, notTags, priceMin, priceMax, notOnSale, notMemberPriced }: LineFilter, line: FilteredLine): boolean {
  const some = (set: ReadonlySet<string>): boolean => line.tags.some((tag) => set.has(tag))
  return !(
    (skus && !skus.has(line.sku)) ||
    (tags && !some(tags)) ||
    (notSkus && notSkus.has(line.sku)) ||
    (notTags && some(notTags)) ||
    line.price < (priceMin as number) ||
    line.price > (priceMax as number) ||
    (notOnSale && line.onSale) ||
    (notMemberPriced && line.member)
  )
}
