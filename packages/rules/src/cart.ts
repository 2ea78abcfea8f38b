import { isAmount, mulDiv, refuse } from '@omokit/core'
import type { IssueCode, Refusal } from '@omokit/core'
import type { CompiledBook } from './compile'
import { gate, inStore } from './gate'
import { fits } from './line-filter'
import type { FilteredLine, LineFilter } from './line-filter'
import { checkOf } from './shape'
import type { Draft } from './run-rule'
import type { Basket, BasketLine, Modifier, PriceRow } from './types'

/** A line after the price list. */
export interface CartLine extends FilteredLine {
  readonly id: string
  readonly list: string
}

/** A basket being priced: what is left of each line and unit, and what the running effect takes. */
export interface Cart {
  readonly book: CompiledBook
  readonly basket: Basket
  readonly instant: number
  readonly lines: CartLine[]
  /** By line: its units, their price together, below what it may not go, its first unit in `unit`, `used` and `pick`. */
  readonly qty: number[]
  readonly gross: number[]
  readonly floor: number[]
  readonly first: number[]
  /** Residual per unit. */
  unit: number[]
  /** Residual per line. */
  net: number[]
  /** What came off each line as part of the order. */
  shared: number[]
  /** Residual of all lines. */
  sum: number
  /** Units that a picking effect named; those it did not have no entry. */
  used: boolean[]
  /** What is left of the fee. */
  shipping: number
  /** Lines that have units. */
  readonly all: number[]
  /** Lines by filter number: of one that names SKUs or tags where any fits, of others made when first asked for. */
  readonly match: (number[] | undefined)[]
  /** Of the running effect: what comes off each line, or off each unit; 0 between effects. */
  readonly take: number[]
  readonly pick: number[]
  /** Modifiers by line. */
  readonly mods: Draft[][]
  /** Units and lines that effects had to look at. */
  work: number
  /** Rules run so far, and for each line the number of the last one that took from it. */
  runs: number
  readonly stamps: number[]
  /** Fundings by the brand alone, by amount. */
  readonly funds: (Modifier['funding'] | undefined)[]
  /** Of the last test of a rule: what it measured, if anything, and the place in `when`. */
  have: number | undefined
  need: number
  at: number
}

/** Step 1: prices. `members` false leaves the member lists out. */
export function cartOf(book: CompiledBook, basket: Basket, instant: number, members: boolean): Cart | Refusal {
  const fault = checkOf('basket')(basket)
  if (fault !== undefined) return refuse(/amount$/i.test(fault) ? 'not-an-amount' : 'invalid', { path: fault.slice(1) })
  const { prices, lists } = book
  const { currency, storeId, channel, tier, audience = [], shipping, coupons = [] } = basket
  const bad = (code: IssueCode, l: number, have?: number | string): Refusal =>
    refuse(code, Object.assign({ path: 'lines.' + l }, have === undefined ? {} : { have }))
  if (currency !== book.currency) return refuse('currency-mismatch', { have: currency, need: book.currency })
  if (basket.lines.length > 2000) return refuse('too-many', { path: 'lines', have: basket.lines.length, need: 2000 })
  if (coupons.length > 100) return refuse('too-many', { path: 'coupons', have: coupons.length, need: 100 })
  const { length } = basket.lines
  const zeros: number[] = []
  // Pushed, because what `map` makes of a list of objects is of another kind once it is compiled.
  for (let i = 0; i < length; i++) zeros.push(0)
  const cart: Cart = {
    book,
    basket,
    instant,
    lines: [],
    qty: zeros.slice(),
    gross: zeros.slice(),
    floor: zeros.slice(),
    first: zeros.slice(),
    unit: [],
    net: zeros.slice(),
    shared: zeros.slice(),
    sum: 0,
    used: [],
    shipping: shipping ? shipping.amount : 0,
    all: [],
    match: new Array<undefined>(book.filters.length),
    take: zeros.slice(),
    pick: [],
    mods: [],
    work: 0,
    runs: 0,
    stamps: [],
    funds: [],
    have: undefined,
    need: 0,
    at: 0,
  }
  const plain: string[] = []
  const tiers: string[] = []
  const name = (list: string, names = plain): void => {
    if (!lists || lists.has(list)) names.push(list)
  }
  for (const rule of book.rules.prices) if (!gate(cart, inStore(cart, rule))) name(rule.list)
  name('flash')
  if (storeId !== undefined) name('store-' + storeId)
  name('channel-' + channel)
  name('base')
  if (members) for (const group of tier === undefined ? audience : audience.concat(tier)) name('tier-' + group, tiers)
  const floors = !lists || lists.has('floor')
  const find = (name: string, sku: string): PriceRow | undefined => {
    const found = prices(name, sku)
    return found && !(instant >= (found.until as number) * 1000) ? found : undefined
  }
  for (let l = 0; l < length; l++) {
    const { id, sku, qty, grams, labelAmount, uom } = basket.lines[l] as BasketLine
    const key = uom === undefined ? sku : sku + '/' + uom
    let row: PriceRow | undefined
    let list = ''
    let tags: readonly string[] | undefined
    for (let i = 0; i < plain.length && !tags; i++) {
      const found = find(plain[i] as string, key)
      if (!found) continue
      if (!row) {
        row = found
        list = plain[i] as string
      }
      tags = found.tags
      if (tags && !Array.isArray(tags)) return bad('invalid', l, key)
    }
    if (!row) return bad('no-price', l, key)
    let price = row.price
    let member = false
    for (const name of tiers) {
      const found = find(name, key)
      if (!found || found.price >= price) continue
      price = found.price
      list = name
      member = true
    }
    const least = floors ? prices('floor', key) : undefined
    let floor = least ? least.price : 0
    if (!isAmount(price) || !isAmount(floor)) return bad('not-an-amount', l)
    if (grams !== undefined || labelAmount !== undefined) {
      if (qty > 1) return bad('invalid', l, qty)
      const weigh = (each: number): number => mulDiv(grams as number, each, 1000, 'half-up')
      if (grams !== undefined) floor = weigh(floor)
      price = labelAmount !== undefined ? labelAmount : weigh(price)
    }
    const first = cart.unit.length
    cart.sum += price * qty
    if (!(cart.sum <= 1e13 && floor * qty <= 1e13)) return bad('not-an-amount', l)
    if (first + qty > 5e4) return bad('work-bound', l, first + qty)
    const line: CartLine = { id, sku, tags: tags || [], price, list, onSale: (row.list as number) > row.price, member }
    cart.lines.push(line)
    cart.qty[l] = qty
    cart.gross[l] = cart.net[l] = price * qty
    cart.floor[l] = floor * qty
    cart.first[l] = first
    for (let i = 0; i < qty; i++) {
      cart.unit.push(price)
      cart.pick.push(0)
    }
    if (!qty) continue
    cart.all.push(l)
    enter(cart, book.bySku.get(sku), line, l)
    for (let i = 0; i < line.tags.length; i++) enter(cart, book.byTag.get(line.tags[i] as string), line, l)
  }
  return cart
}

/** Puts a line under the filters that name its SKU or one of its tags and fit it. */
function enter({ book, match }: Cart, numbers: readonly number[] | undefined, line: CartLine, l: number): void {
  if (numbers)
    for (const f of numbers) {
      const at = match[f]
      if ((at && at[at.length - 1] === l) || !fits(book.filters[f] as LineFilter, line)) continue
      if (at) at.push(l)
      else match[f] = [l]
    }
}

const none: readonly number[] = []

/** The lines a filter fits, in order. */
export function matching({ match, book, all, lines }: Cart, f: number): readonly number[] {
  if (f < 0) return all
  const known = match[f]
  if (known) return known
  const filter = book.filters[f] as LineFilter
  // A filter that names SKUs or tags was found by the index, or fits nothing and has no list.
  return filter.skus || filter.tags ? none : (match[f] = all.filter((l) => fits(filter, lines[l] as CartLine)))
}
