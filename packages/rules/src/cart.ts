import { isAmount, mulDiv, refuse } from '@omokit/core'
import type { Refusal } from '@omokit/core'
import type { CompiledBook } from './compile'
import { fits } from './line-filter'
import type { FilteredLine } from './line-filter'
import type { Basket, BasketLine, PriceRow } from './types'

/** A line after the price list. */
export interface CartLine extends FilteredLine {
  readonly id: string
  readonly qty: number
  readonly list: string
  readonly gross: number
  /** The whole line may not go below it. */
  readonly floor: number
}

/** A basket being priced: what is left of each line and unit, and what the running effect takes. */
export interface Cart {
  readonly book: CompiledBook
  readonly basket: Basket
  readonly instant: number
  readonly lines: readonly CartLine[]
  /** First unit of each line in `unit` and `used`; one more at the end. */
  readonly first: readonly number[]
  /** Residual per unit. */
  unit: number[]
  /** Residual per line. */
  net: number[]
  /** Units that a picking effect named. */
  used: boolean[]
  shipping: number
  /** Lines that have units. */
  readonly all: readonly number[]
  /** Lines by filter number, made when first asked for. */
  readonly match: (readonly number[] | undefined)[]
  readonly hasFloor: boolean
  /** Of the running effect: what comes off each line, or off each unit. Zero between effects. */
  readonly take: number[]
  readonly pick: number[]
}

const maxLines = 2000
const maxUnits = 50_000
const noTags: readonly string[] = []

/** Step 1: prices. `members` false leaves the member lists out. */
export function cartOf(book: CompiledBook, basket: Basket, instant: number, members: boolean): Cart | Refusal {
  const fault = basketFault(basket)
  if (fault) return fault
  if (basket.currency !== book.currency) return refuse('currency-mismatch', { have: basket.currency, need: book.currency })
  const known = (name: string): boolean => !book.lists || book.lists.has(name)
  const plain = ['flash', `store-${basket.storeId}`, `channel-${basket.channel}`, 'base'].filter((name, i) => known(name) && (i !== 1 || basket.storeId !== undefined))
  const tiers: string[] = []
  if (members) for (const group of [basket.tier, ...(basket.audience ?? [])]) if (group !== undefined && known(`tier-${group}`)) tiers.push(`tier-${group}`)
  const floors = known('floor')
  const seconds = instant / 1000
  const { prices } = book
  const find = (list: string, sku: string): PriceRow | undefined => {
    const row = prices(list, sku)
    return row && (row.until === undefined || seconds < row.until) ? row : undefined
  }

  const lines: CartLine[] = []
  const first: number[] = []
  const unit: number[] = []
  const net: number[] = []
  const used: boolean[] = []
  const all: number[] = []
  const take: number[] = []
  const pick: number[] = []
  const match: (number[] | undefined)[] = []
  let hasFloor = false
  let sum = 0
  let units = 0
  for (let l = 0; l < basket.lines.length; l++) {
    const line = basket.lines[l] as BasketLine
    let row: PriceRow | undefined
    let list = ''
    let tags: readonly string[] | undefined
    for (let i = 0; i < plain.length && !(row && tags); i++) {
      const found = find(plain[i] as string, line.sku)
      if (!found) continue
      if (!row) {
        row = found
        list = plain[i] as string
      }
      tags = found.tags
    }
    if (!row) return refuse('no-price', { path: `lines.${l}`, have: line.sku })
    let rate = row.price
    let member = false
    for (let i = 0; i < tiers.length; i++) {
      const found = find(tiers[i] as string, line.sku)
      if (found && found.price < rate) {
        rate = found.price
        list = tiers[i] as string
        member = true
      }
    }
    if (!isAmount(rate)) return refuse('not-an-amount', { path: `lines.${l}`, have: String(rate) })
    const { grams, qty } = line
    const price = line.labelAmount ?? (grams === undefined ? rate : mulDiv(grams, rate, 1000, 'half-up'))
    const gross = price * qty
    sum += gross
    units += qty
    if (sum > 1e13) return refuse('not-an-amount', { path: `lines.${l}` })
    if (units > maxUnits) return refuse('work-bound', { path: `lines.${l}`, have: units, need: maxUnits })
    let floor = 0
    const least = floors ? prices('floor', line.sku)?.price : undefined
    if (least !== undefined) {
      floor = grams === undefined ? least * qty : mulDiv(grams, least, 1000, 'half-up')
      hasFloor = true
    }
    first.push(unit.length)
    net.push(gross)
    take.push(0)
    for (let i = 0; i < qty; i++) {
      unit.push(price)
      used.push(false)
      pick.push(0)
    }
    const done: CartLine = { sku: line.sku, tags: tags ?? noTags, price, onSale: row.list !== undefined && row.list > row.price, member, id: line.id, qty, list, gross, floor }
    lines.push(done)
    if (qty) {
      all.push(l)
      index(book, match, done, l)
    }
  }
  first.push(unit.length)
  return { book, basket, instant, lines, first, unit, net, used, shipping: basket.shipping?.amount ?? 0, all, match, hasFloor, take, pick }
}

/** Puts a line under every filter that names its SKU or one of its tags and fits it. */
function index(book: CompiledBook, match: (number[] | undefined)[], line: CartLine, l: number): void {
  const bySku = book.bySku.get(line.sku)
  if (bySku) enter(book, match, bySku, line, l)
  const { tags } = line
  for (let i = 0; i < tags.length; i++) {
    const byTag = book.byTag.get(tags[i] as string)
    if (byTag) enter(book, match, byTag, line, l)
  }
}

function enter(book: CompiledBook, match: (number[] | undefined)[], numbers: readonly number[], line: CartLine, l: number): void {
  for (let i = 0; i < numbers.length; i++) {
    const f = numbers[i] as number
    const filter = book.filters[f] as CompiledBook['filters'][number]
    if (!filter.bare && !fits(filter, line)) continue
    const at = match[f]
    if (!at) match[f] = [l]
    else if (at[at.length - 1] !== l) at.push(l)
  }
}

const none: readonly number[] = []

/** The lines a filter fits, in order. */
export function matching(cart: Cart, f: number): readonly number[] {
  if (f < 0) return cart.all
  const known = cart.match[f]
  if (known) return known
  const filter = cart.book.filters[f] as CompiledBook['filters'][number]
  // A filter that names SKUs or tags was found by the index or fits nothing.
  return (cart.match[f] = filter.skus || filter.tags ? none : cart.all.filter((l) => fits(filter, cart.lines[l] as CartLine)))
}

const keys = (names: string): ReadonlySet<string> => new Set(names.split(' '))
const basketKeys = /* @__PURE__ */ keys('currency channel storeId tier firstOrder birthdayMonth audience priorOrders codes lines coupons payment shipping pointsToBurn usage')
const lineKeys = /* @__PURE__ */ keys('id sku qty grams labelAmount')
const isText = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 200
const isTexts = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length <= 1000 && value.every(isText))
const isCount = (value: unknown, max: number): boolean => isAmount(value) && value <= max

/** The closed list of inputs, enforced: a key that is not on it is refused, whatever its value. */
function basketFault(basket: Basket): Refusal | undefined {
  const bad = (path: string): Refusal => refuse('invalid', { path })
  if (typeof basket !== 'object' || basket === null || !Array.isArray(basket.lines)) return bad('lines')
  for (const key of Object.keys(basket)) if (!basketKeys.has(key)) return bad(key.slice(0, 60))
  if (basket.lines.length > maxLines) return refuse('too-many', { path: 'lines', have: basket.lines.length, need: maxLines })
  for (const key of ['currency', 'channel'] as const) if (!isText(basket[key])) return bad(key)
  for (const key of ['storeId', 'tier', 'payment'] as const) if (basket[key] !== undefined && !isText(basket[key])) return bad(key)
  for (const key of ['audience', 'codes'] as const) if (!isTexts(basket[key])) return bad(key)
  const { priorOrders, birthdayMonth, firstOrder, shipping, pointsToBurn, coupons, usage } = basket
  if (priorOrders !== undefined && !isCount(priorOrders, 1e9)) return bad('priorOrders')
  if (birthdayMonth !== undefined && !(isCount(birthdayMonth, 12) && birthdayMonth > 0)) return bad('birthdayMonth')
  if (firstOrder !== undefined && typeof firstOrder !== 'boolean') return bad('firstOrder')
  if (shipping !== undefined && !isAmount(shipping?.amount)) return refuse('not-an-amount', { path: 'shipping.amount' })
  if (pointsToBurn !== undefined && !(isAmount(pointsToBurn?.ask) && isAmount(pointsToBurn.available))) return bad('pointsToBurn')
  if (coupons !== undefined && !(Array.isArray(coupons) && coupons.length <= 1000 && coupons.every((c) => isText(c?.coupon)))) return bad('coupons')
  if (usage !== undefined && (typeof usage !== 'object' || usage === null)) return bad('usage')
  for (let l = 0; l < basket.lines.length; l++) {
    const line = basket.lines[l] as BasketLine
    const path = `lines.${l}`
    if (typeof line !== 'object' || line === null) return bad(path)
    for (const key in line) if (!lineKeys.has(key)) return bad(`${path}.${key.slice(0, 60)}`)
    if (!isText(line.id)) return bad(`${path}.id`)
    if (!isText(line.sku)) return bad(`${path}.sku`)
    if (!isCount(line.qty, maxUnits)) return bad(`${path}.qty`)
    if (line.grams !== undefined && !(isCount(line.grams, 1e8) && line.qty < 2)) return bad(`${path}.grams`)
    if (line.labelAmount !== undefined && !(isAmount(line.labelAmount) && line.qty < 2)) return refuse('not-an-amount', { path: `${path}.labelAmount` })
  }
  return undefined
}
