import { OmoError } from '../issues'
import type { HeldRelease } from './held-release'
import type { Row } from './types'

/** A row of a price list, read. Amounts in minor units. */
export interface ListPrice {
  readonly sku: string
  readonly price: number
  readonly list?: number
  /** Epoch seconds, exclusive. */
  readonly until?: number
  readonly tags?: readonly string[]
}

/** As many rows of a list are kept read. */
const hot = 1000

/**
 * Looks rows up in the price lists of one release: `base` is the book `price/base`. What `compile` of `@omokit/rules` takes.
 * The same release gives the same answer for ever; the last 1,000 rows of a list are kept read. Throws an OmoError `not-held`,
 * the SKU its `cause`, where the answer is not on this device: a price must not be guessed from the lists that happen to be.
 */
export function priceSource(release: HeldRelease): (list: string, sku: string) => ListPrice | undefined {
  const lists = new Map<string, Map<string, ListPrice | undefined>>()
  return (list, sku) => {
    let rows = lists.get(list)
    if (!rows) lists.set(list, (rows = new Map()))
    const known = rows.get(sku)
    if (known || rows.has(sku)) return known
    const text = release.find(`price/${list}`, sku)
    if (text === null) throw new OmoError('not-held', list, sku)
    const row = text === undefined ? undefined : readPrice(text)
    if (rows.size >= hot) rows.clear()
    rows.set(sku, row)
    return row
  }
}

/** The fields of a price row's text. */
export function readPrice(text: string): ListPrice {
  const [sku, price, list, until, tags] = JSON.parse(text) as Row as [string, number, number?, number?, string?]
  return Object.assign({ sku, price }, list && { list }, until && { until }, tags && { tags: tags.split(',') })
}
