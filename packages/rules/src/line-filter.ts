import type { Filter } from './rule-book'

/** A filter made ready: what it names as sets, so that a line is tested in constant time. */
export interface LineFilter {
  readonly skus: ReadonlySet<string> | undefined
  readonly tags: ReadonlySet<string> | undefined
  readonly notSkus: ReadonlySet<string> | undefined
  readonly notTags: ReadonlySet<string> | undefined
  readonly min: number
  readonly max: number
  readonly notOnSale: boolean
  readonly notMember: boolean
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
  const set = (list: readonly string[] | undefined): ReadonlySet<string> | undefined => list && new Set(list)
  return {
    skus: set(filter.skus),
    tags: set(filter.tags),
    notSkus: set(filter.notSkus),
    notTags: set(filter.notTags),
    min: filter.priceMin || 0,
    max: filter.priceMax === undefined ? Infinity : filter.priceMax,
    notOnSale: filter.notOnSale === true,
    notMember: filter.notMemberPriced === true,
    bare: Object.keys(filter).length === 1 && !!(filter.skus || filter.tags),
  }
}

/** Whether a line fits. Lines without units are left out before. */
export function fits(f: LineFilter, line: FilteredLine): boolean {
  return (
    !(f.skus && !f.skus.has(line.sku)) &&
    !(f.tags && !some(f.tags, line.tags)) &&
    !(f.notSkus && f.notSkus.has(line.sku)) &&
    !(f.notTags && some(f.notTags, line.tags)) &&
    line.price >= f.min &&
    line.price <= f.max &&
    !(f.notOnSale && line.onSale) &&
    !(f.notMember && line.member)
  )
}

/** Whether one of the tags is in the set. */
export function some(set: ReadonlySet<string>, tags: readonly string[]): boolean {
  for (let i = 0; i < tags.length; i++) if (set.has(tags[i] as string)) return true
  return false
}
