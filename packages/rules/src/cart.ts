import { isAmount, mulDiv, refuse } from '@omokit/core'
import type { IssueCode, Refusal } from '@omokit/core'
import type { CompiledBook } from './compile'
import { fits } from './line-filter'
import type { FilteredLine, LineFilter } from './line-filter'
import { checkOf } from './shape'
import type { Draft } from './run-rule'
import type { Basket, Modifier, PriceRow } from './types'

/** A line after the price list. */
export interface CartLine extends FilteredLine {
  readonly id: string
  readonly qty: number
  readonly list: string
  readonly gross: number
  /** The whole line may not go below it. */
  readonly floor: number
  /** Its first unit in `unit`, `used` and `pick`. */
  readonly first: number
}

/** A basket being priced: what is left of each line and unit, and what the running effect takes. */
export interface Cart {
  readonly book: CompiledBook
  readonly basket: Basket
  readonly instant: number
  readonly lines: readonly CartLine[]
  /** Residual per unit. */
  unit: number[]
  /** Residual per line. */
  net: number[]
  /** Residual of all lines. */
  sum: number
  /** Units that a picking effect named; those it did not have no entry. */
  used: boolean[]
  /** What is left of the fee. */
  shipping: number
  /** Lines that have units. */
  readonly all: readonly number[]
  /** Lines by filter number, made when first asked for. */
  readonly match: (readonly number[] | undefined)[]
  /** Of the running effect: what comes off each line, or off each unit; 0 between effects. */
  take: number[]
  pick: number[]
  /** Modifiers by line. */
  readonly mods: Draft[][]
  /** Rules run so far, and for each line the number of the last one that took from it. */
  runs: number
  readonly stamps: number[]
  /** Fundings by the brand alone, by amount. */
  readonly funds: (Modifier['funding'] | undefined)[]
}

/** Step 1: prices. `members` false leaves the member lists out. */
export function cartOf(book: CompiledBook, basket: Basket, instant: number, members: boolean): Cart | Refusal {
  const fault = checkOf('~basket')(basket)
  if (fault !== undefined) return refuse(/amount$/i.test(fault) ? 'not-an-amount' : 'invalid', { path: fault.slice(1) })
  const { prices, lists: names } = book
  const { currency, storeId, channel, tier, audience = [], shipping } = basket
  const count = basket.lines.length
  if (currency !== book.currency) return refuse('currency-mismatch', { have: currency, need: book.currency })
  if (count > 2000) return refuse('too-many', { path: 'lines', have: count, need: 2000 })
  const known = (name: string): boolean => !names || names.has(name)
  const plain = ['flash'].concat(storeId === undefined ? [] : 'store-' + storeId, 'channel-' + channel, 'base').filter(known)
  const tiers = members
    ? audience
        .concat(tier === undefined ? [] : tier)
        .map((group) => 'tier-' + group)
        .filter(known)
    : []
  const find = (list: string, sku: string): PriceRow | undefined => {
    const row = prices(list, sku)
    return row && (row.until === undefined || instant < row.until * 1000) ? row : undefined
  }
  const lines: CartLine[] = []
  const unit: number[] = []
  const net: number[] = []
  const cart: Cart = {
    book,
    basket,
    instant,
    lines,
    unit,
    net,
    sum: 0,
    used: [],
    shipping: shipping ? shipping.amount : 0,
    all: [],
    match: new Array<undefined>(book.filters.length),
    take: [],
    pick: [],
    mods: [],
    runs: 0,
    stamps: [],
    funds: [],
  }
  const floors = known('floor')
  let l = 0
  const bad = (code: IssueCode, have?: number | string): Refusal => refuse(code, Object.assign({ path: 'lines.' + l }, have === undefined ? {} : { have }))
  for (; l < count; l++) {
    const { id, sku, qty, grams, labelAmount } = basket.lines[l] as Basket['lines'][0]
    let row: PriceRow | undefined
    let list = ''
    let tags: readonly string[] | undefined
    for (let i = 0; i < plain.length && !tags; i++) {
      const found = find(plain[i] as string, sku)
      if (!found) continue
      if (!row) {
        row = found
        list = plain[i] as string
      }
      tags = found.tags
    }
    if (!row) return bad('no-price', sku)
    let price = row.price
    let member = false
    for (let i = 0; i < tiers.length; i++) {
      const found = find(tiers[i] as string, sku)
      if (!found || found.price >= price) continue
      price = found.price
      list = tiers[i] as string
      member = true
    }
    const least = floors ? prices('floor', sku) : undefined
    let floor = least ? least.price : 0
    if (!isAmount(price) || !isAmount(floor)) return bad('not-an-amount')
    if (grams !== undefined || labelAmount !== undefined) {
      if (qty > 1) return bad('invalid', qty)
      floor = grams === undefined ? floor : mulDiv(grams, floor, 1000, 'half-up')
      price = labelAmount !== undefined ? labelAmount : mulDiv(grams as number, price, 1000, 'half-up')
    }
    const gross = price * qty
    const first = unit.length
    cart.sum += gross
    if (!(cart.sum <= 1e13 && floor * qty <= 1e13)) return bad('not-an-amount')
    if (first + qty > 5e4) return bad('work-bound', first + qty)
    const line: CartLine = {
      sku,
      tags: tags || [],
      price,
      onSale: row.list !== undefined && row.list > row.price,
      member,
      id,
      qty,
      list,
      gross,
      floor: floor * qty,
      first,
    }
    lines.push(line)
    net.push(gross)
    for (let i = 0; i < qty; i++) unit.push(price)
    if (!qty) continue
    ;(cart.all as number[]).push(l)
    enter(cart, book.bySku.get(sku), line, l)
    for (let i = 0; i < line.tags.length; i++) enter(cart, book.byTag.get(line.tags[i] as string), line, l)
  }
  cart.take = net.map(() => 0)
  cart.pick = unit.map(() => 0)
  return cart
}

/** Puts a line under the filters that name its SKU or one of its tags and fit it. */
function enter({ book, match }: Cart, numbers: readonly number[] | undefined, line: CartLine, l: number): void {
  if (numbers)
    for (let i = 0; i < numbers.length; i++) {
      const f = numbers[i] as number
      const filter = book.filters[f] as LineFilter
      const at = match[f] as number[] | undefined
      if (!filter.bare && !fits(filter, line)) continue
      if (!at) match[f] = [l]
      else if (at[at.length - 1] !== l) at.push(l)
    }
}

/** The lines a filter fits, in order. */
export function matching({ match, book, all, lines }: Cart, f: number): readonly number[] {
  if (f < 0) return all
  const filter = book.filters[f] as LineFilter
  // A filter that names SKUs or tags was found by the index, or fits nothing.
  return match[f] || (match[f] = filter.skus || filter.tags ? [] : all.filter((l) => fits(filter, lines[l] as CartLine)))
}
