import { isAmount, mulDiv, refuse } from '@omokit/core'
import type { Refusal } from '@omokit/core'
import type { BoundRule, CompiledBook } from './compile'
import { gate, inStore } from './gate'
import { fits } from './line-filter'
import type { FilteredLine, LineFilter } from './line-filter'
import { checkOf } from './shape'
import type { Basket, Modifier, PriceRow } from './types'

/** A line after the price list. */
export interface CartLine extends FilteredLine {
  readonly id: string
  readonly list: string
  readonly qty: number
  /** Price of its units together, and below what they may not go. */
  readonly gross: number
  readonly floor: number
  /** Its first unit in `used`. */
  readonly first: number
  /** What is left of each unit. */
  readonly unit: number[]
  /** What is left of it. */
  net: number
  /** What came off it as part of the order. */
  shared: number
  /** What the running effect takes off it; 0 between effects. */
  take: number
  readonly mods: Modifier[]
  /** The last run that took from it. */
  run: Run | undefined
}

/** One run of a rule. */
export interface Run {
  readonly rule: BoundRule
}

/** A basket being priced: what is left of each line and unit. */
export interface Cart {
  readonly book: CompiledBook
  readonly basket: Basket
  readonly instant: number
  lines: CartLine[]
  /** Units of all lines. */
  qty: number
  /** Of these, line by line, those that a picking effect named; the others have no entry. */
  used: boolean[]
  /** Price of all lines. */
  gross: number
  /** What is left of them. */
  net: number
  /** What is left of the fee. */
  shipping: number
  /** Points that paid for something. */
  points: number
  /** Lines that have units. */
  readonly all: CartLine[]
  /** Lines by filter number, where any fits. */
  readonly match: (number[] | undefined)[]
  /** Promotions as the overlays of the basket's store make them. */
  readonly overlay: ReadonlyMap<string, BoundRule> | undefined
  /** The running rule, or the last that ran. */
  run?: Run
  /** Units and lines that effects had to look at. */
  work: number
  /** Of the last test of a rule: what it measured, if anything, and the place in `when`. */
  have?: number | undefined
  need?: number
  at?: number
}

/** Step 1: prices. `members` false leaves the member lists out. */
export function cartOf(book: CompiledBook, basket: Basket, instant: number, members: boolean): Cart | Refusal {
  const fault = checkOf('basket')(basket)
  if (fault !== true) return refuse(/amount$/i.test(fault) ? 'not-an-amount' : 'invalid', { path: fault.slice(1) })
  const { prices, lists, index } = book
  const { currency, storeId, tier, audience = [], shipping, coupons = [], lines } = basket
  if (currency !== book.currency) return refuse('currency-mismatch', { have: currency, need: book.currency })
  if (lines.length > 2000) return refuse('too-many', { path: 'lines', have: lines.length, need: 2000 })
  if (coupons.length > 100) return refuse('too-many', { path: 'coupons', have: coupons.length, need: 100 })
  const cart: Cart = {
    book,
    basket,
    instant,
    lines: [],
    qty: 0,
    used: [],
    gross: 0,
    net: 0,
    shipping: shipping ? shipping.amount : 0,
    points: 0,
    all: [],
    match: new Array<undefined>(book.filters.length),
    overlay: book.overlaid.get(storeId as string),
    work: 0,
  }
  const has = (list: string): boolean => !lists || lists.has(list)
  const plain: string[] = []
  const tiers: string[] = []
  const name = (list: string, names = plain): void => {
    if (has(list)) names.push(list)
  }
  for (const rule of book.rules.prices) if (!gate(cart, inStore(cart, rule))) name(rule.list)
  name('flash')
  if (storeId) name('store-' + storeId)
  name('channel-' + basket.channel)
  name('base')
  if (members) for (const group of tier ? audience.concat(tier) : audience) name('tier-' + group, tiers)
  const floors = has('floor')
  /** Of the line that comes next. */
  const path = (): string => 'lines.' + cart.lines.length
  const find = (name: string, sku: string): PriceRow | undefined => {
    const found = prices(name, sku)
    return found && instant >= (found.until as number) * 1000 ? undefined : found
  }
  for (const { id, sku, qty, grams, labelAmount, uom } of lines) {
    const key = uom === undefined ? sku : sku + '/' + uom
    let row: PriceRow | undefined
    let list = ''
    let tags: readonly string[] | undefined
    for (const name of plain) {
      const found = tags ? undefined : find(name, key)
      if (!found) continue
      if (!row) {
        row = found
        list = name
      }
      tags = found.tags
      if (tags && !Array.isArray(tags)) return refuse('invalid', { path: path(), have: key })
    }
    if (!row) return refuse('no-price', { path: path(), have: key })
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
    if (!isAmount(price) || !isAmount(floor)) return refuse('not-an-amount', { path: path() })
    if (grams !== undefined || labelAmount !== undefined) {
      if (qty > 1) return refuse('invalid', { path: path(), have: qty })
      const weigh = (each: number): number => mulDiv(grams as number, each, 1000, 'half-up')
      if (grams !== undefined) floor = weigh(floor)
      price = labelAmount !== undefined ? labelAmount : weigh(price)
    }
    const first = cart.qty
    cart.qty += qty
    const gross = price * qty
    floor *= qty
    cart.net = cart.gross += gross
    if (cart.net > 1e13 || floor > 1e13) return refuse('not-an-amount', { path: path() })
    if (cart.qty > 5e4) return refuse('work-bound', { path: path(), have: cart.qty })
    const line: CartLine = {
      id,
      sku,
      tags: tags || [],
      price,
      list,
      onSale: (row.list as number) > row.price,
      member,
      qty,
      gross,
      floor,
      first,
      unit: [],
      net: gross,
      shared: 0,
      take: 0,
      mods: [],
      run: undefined,
    }
    cart.lines.push(line)
    while (line.unit.length < qty) line.unit.push(price)
    if (!qty) continue
    cart.all.push(line)
    enter(cart, index.rest)
    enter(cart, index.skus.get(sku))
    for (const tag of line.tags) enter(cart, index.tags.get(tag))
  }
  return cart
}

/** Puts the last line under those of some filters that fit it. */
function enter({ book, match, lines }: Cart, numbers: readonly number[] | undefined): void {
  const l = lines.length - 1
  if (!numbers) return
  for (const f of numbers) {
    const at = match[f] || []
    if (at[at.length - 1] === l || !fits(book.filters[f] as LineFilter, lines[l] as CartLine)) continue
    at.push(l)
    match[f] = at
  }
}

/** The lines a filter fits, in order. */
export const matching = (cart: Cart, f: number): readonly CartLine[] => (f < 0 ? cart.all : (cart.match[f] || []).map((l) => cart.lines[l] as CartLine))

/** A cart of its own to try something on. */
export function copyOf(cart: Cart): Cart {
  const lines = cart.lines.map((line) => Object.assign({}, line, { mods: line.mods.slice(), unit: line.unit.slice() }))
  return Object.assign({}, cart, { lines, all: lines.filter(({ qty }) => qty), used: cart.used.slice() })
}

/** What is left of lines. */
export const netsOf = (lines: readonly CartLine[]): number[] => lines.map((line) => line.net)

/** What is left to pay. */
export const due = (cart: Cart): number => cart.net + cart.shipping

/** What may still be taken off a line. */
export const roomOf = (line: CartLine): number => Math.max(0, line.net - line.floor)
