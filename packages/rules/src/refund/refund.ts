import { accept, isAmount, mulDiv, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'
import { cartOf } from '../cart'
import type { CompiledBook } from '../compile'
import { pointsFor, standing } from '../points'
import { quote } from '../quote'
import { refusing } from '../refusing'
import { seal as sealOf } from '../seal/seal'
import type { PresentedCoupon, Quote, QuoteLine } from '../types'
import { refundFault } from './refund-fault'

/** What came back of a sale so far. Plain JSON: store it beside the receipt. */
export interface Refunded {
  /** Units that came back, by line of the sale. */
  readonly units: readonly number[]
  readonly cash: number
  readonly pointsBack: number
  readonly pointsClawed: number
  /** Places in `sale.basket.coupons` of coupons handed back. */
  readonly coupons: readonly number[]
}

/** One return. */
export interface RefundOptions {
  /** The compiled book of the release the sale was priced with. */
  readonly book: CompiledBook
  /** The quote of the sale, as sealed. */
  readonly sale: Quote
  /** The seal's hash; when given, a sale that does not match it is `receipt-edited`. */
  readonly seal?: string
  /**
   * `keep`: the units give back what was paid for them, the rest keeps its discounts. `clawback`: what stays is priced anew, so
   * that a threshold that falls takes its discount along.
   */
  readonly policy: 'keep' | 'clawback'
  /** What comes back, by line id; a line's units come back from the last to the first. */
  readonly units: readonly { readonly line: string; readonly qty: number }[]
  /** What the return before this one answered as `after`. */
  readonly before?: Refunded
  /** The shipping fee goes back with the last unit. Default false. */
  readonly shipping?: boolean
}

/** What a return gives. */
export interface RefundAnswer {
  /** Money to pay out, minor units. */
  readonly cash: number
  /** Burned points given back. */
  readonly pointsBack: number
  /** Earned points taken back. */
  readonly pointsClawed: number
  /**
   * Coupons that no kept unit uses any more; one that gave goods or the fee comes back with the last unit. Whether they may be
   * used again is the coupon's own policy.
   */
  readonly coupons: readonly PresentedCoupon[]
  /** The units of this return: line id, unit number from 0, what was paid for it, and the tax that was paid on top, if any. */
  readonly units: readonly { readonly line: string; readonly unit: number; readonly net: number; readonly tax?: number }[]
  readonly after: Refunded
}

/**
 * Computes one return against a sealed sale, after any earlier ones. Never gives back more money than was paid or more points
 * than were burned. Refuses `invalid` (an unknown line, more units than are left, another release, a sale that is no quote),
 * `receipt-edited`, and whatever pricing the rest refuses.
 */
export function refund(options: RefundOptions): Result<RefundAnswer> {
  return refundFault(options) || refusing(() => given(options))
}

function given(options: RefundOptions): Result<RefundAnswer> {
  const { book, sale, policy, units: back, seal } = options
  if (book.release !== sale.release) return refuse('invalid', { path: 'book', have: book.release, need: sale.release })
  if (seal !== undefined && sealOf(sale).hash !== seal) return refuse('receipt-edited')
  const before: Refunded = options.before ?? { units: sale.lines.map(() => 0), cash: 0, pointsBack: 0, pointsClawed: 0, coupons: [] }
  const gone = before.units.slice()
  const added = sale.totals.taxAdded ? (sale.totals.shippingTax ?? 0) : undefined
  const units: { line: string; unit: number; net: number; tax?: number }[] = []
  for (let i = 0; i < back.length; i++) {
    const { line: id, qty } = Object(back[i]) as { line: string; qty: number }
    const l = sale.lines.findIndex((line) => line.id === id)
    const line = sale.lines[l]
    if (!line || !isAmount(qty) || (gone[l] as number) + qty > line.qty)
      return refuse('invalid', { path: `units.${i}`, have: qty, need: line ? line.qty - (gone[l] as number) : 0 })
    for (let n = 0; n < qty; n++) {
      const unit = line.qty - 1 - (gone[l] as number)
      units.push({
        line: id,
        unit,
        net: line.unitNet[unit] as number,
        ...(added !== undefined && { tax: (line.unitTax as readonly number[])[unit] as number }),
      })
      gone[l]!++
    }
  }
  const allGone = sale.lines.every((line, l) => gone[l] === line.qty)
  const fee = allGone && options.shipping ? sale.totals.shipping - sale.totals.shippingDiscount + (added ?? 0) : 0
  const paid = sale.totals.pay - before.cash
  const earned = sale.points.earned - before.pointsClawed
  const kept = policy === 'keep' ? keep(options, gone) : anew(options, gone, allGone)
  if (!kept.ok) return kept
  const { pay, points, burned, uses } = kept.value
  const cash = policy === 'keep' ? units.reduce((sum, { net, tax = 0 }) => sum + net + tax, fee) : paid - pay
  const pointsClawed = Math.max(0, earned - points)
  const pointsBack = Math.max(0, sale.points.burned - burned - before.pointsBack)
  const coupons: number[] = []
  const presented = sale.basket.coupons as readonly PresentedCoupon[]
  if (presented)
    presented.forEach(({ coupon }, i) => {
      if (sale.applied.some(({ rule }) => rule === coupon) && before.coupons.indexOf(i) < 0 && (allGone || !uses(coupon))) coupons.push(i)
    })
  const least = Math.max(0, Math.min(cash, paid))
  return accept({
    cash: least,
    pointsBack,
    pointsClawed,
    coupons: coupons.map((i) => presented[i] as PresentedCoupon),
    units,
    after: {
      units: gone,
      cash: before.cash + least,
      pointsBack: before.pointsBack + pointsBack,
      pointsClawed: before.pointsClawed + pointsClawed,
      coupons: before.coupons.concat(coupons),
    },
  })
}

/** What still stands after a return. */
interface Kept {
  readonly pay: number
  /** Points the rest earns. */
  readonly points: number
  /** Points the rest still burns. */
  readonly burned: number
  readonly uses: (coupon: string) => boolean
}

/** The rest with its stored shares. */
function keep({ book, sale }: RefundOptions, gone: readonly number[]): Result<Kept> {
  const cart = cartOf(book, sale.basket, sale.instant, sale.priceBasis !== 'list')
  if ('ok' in cart) return cart
  const stays = (line: QuoteLine, l: number): number => line.qty - (gone[l] as number)
  const head = (list: readonly number[], n: number): number => list.slice(0, n).reduce((sum, one) => sum + one, 0)
  // Which row earns was decided on what the sale came to.
  cart.lines.forEach((line, l) => (line.net = (sale.lines[l] as QuoteLine).net))
  cart.net = sale.totals.gross - sale.totals.discount
  const [earn] = standing(cart, book.rules.earn)
  // Points are earned by the book's own rule on what the kept units were paid.
  cart.lines.forEach((line, l) => (line.net = head((sale.lines[l] as QuoteLine).unitNet, stays(sale.lines[l] as QuoteLine, l))))
  const points = pointsFor(cart, earn)
  const burn = book.rules.burn.find(({ id }) => sale.applied.some(({ rule }) => rule === id))
  let worthBack = 0
  sale.lines.forEach((line, l) => {
    for (const { kind, amount, units } of line.modifiers) if (kind === 'points') worthBack += amount - head(units, stays(line, l))
  })
  const burned = sale.points.burned - Math.min(sale.points.burned, burn ? mulDiv(worthBack, burn.points, burn.worth) : 0)
  const uses = (coupon: string): boolean => {
    let took = false
    let kept = 0
    sale.lines.forEach((line, l) => {
      for (const { rule, units } of line.modifiers)
        if (rule === coupon) {
          took = true
          kept += head(units, stays(line, l))
        }
    })
    // One that took nothing off a line gave goods or the fee: they were had, whatever unit comes back.
    return kept > 0 || !took
  }
  return accept({ pay: 0, points, burned, uses })
}

/** The rest priced anew, with the same context. */
function anew({ book, sale, shipping }: RefundOptions, gone: readonly number[], allGone: boolean): Result<Kept> {
  const { shipping: fee, ...rest } = sale.basket
  const basket = {
    ...rest,
    ...(fee && !(allGone && shipping) ? { shipping: fee } : {}),
    lines: sale.basket.lines.map((line, l) => ({ ...line, qty: line.qty - (gone[l] as number) })),
  }
  const again = quote(book, basket, sale.instant)
  if (!again.ok) return again
  const { totals, points, applied } = again.value
  return accept({ pay: totals.pay, points: points.earned, burned: points.burned, uses: (coupon) => applied.some(({ rule }) => rule === coupon) })
}
