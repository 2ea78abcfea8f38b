import type { Filter } from './rule-book'

const named = ['skus', 'tags', 'notSkus', 'notTags'] as const

/** A filter made ready: what it names as sets, so that a line is tested in constant time. */
export type LineFilter = Omit<Filter, (typeof named)[number]> & { readonly [K in (typeof named)[number]]?: ReadonlySet<string> } & {
  /** Nothing to test beyond the key the index found it by. */
  readonly bare: boolean
}

/** What a filter looks at. */
export interface FilteredLine {
  readonly sku: string
  readonly tags: readonly string[]
  readonly price: number
  readonly onSale: boolean
  readonly member: boolean
}

export function lineFilter(filter: Filter): LineFilter {
  const { skus, tags } = filter
  const made = Object.assign({}, filter as object, { bare: Object.keys(filter).length === 1 && !!(skus || tags) }) as {
    -readonly [K in keyof LineFilter]: LineFilter[K]
  }
  for (const key of named) if (filter[key]) made[key] = new Set(filter[key])
  return made
}

/** Whether a line fits. Lines without units are left out before. A comparison with undefined does not hold. */
export function fits(
  { skus, tags, notSkus, notTags, priceMin, priceMax, notOnSale, notMemberPriced }: LineFilter,
  { sku, tags: own, price, onSale, member }: FilteredLine,
): boolean {
  return !(
    (skus && !skus.has(sku)) ||
    (tags && !some(tags, own)) ||
    (notSkus && notSkus.has(sku)) ||
    (notTags && some(notTags, own)) ||
    price < (priceMin as number) ||
    price > (priceMax as number) ||
    (notOnSale && onSale) ||
    (notMemberPriced && member)
  )
}

/** Whether one of the tags is in the set. */
function some(set: ReadonlySet<string>, tags: readonly string[]): boolean {
  for (let i = 0; i < tags.length; i++) if (set.has(tags[i] as string)) return true
  return false
}
