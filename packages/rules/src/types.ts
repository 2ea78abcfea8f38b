import type { Channel, Issue } from '@omokit/core'

/**
 * A row of a price list, as it stands in a signed price book: `[sku, price, list?, until?, tags?]`.
 * Amounts are integer minor units of the book's currency: per unit, or per kilogram for weighed goods.
 */
export interface PriceRow {
  readonly sku: string
  readonly price: number
  /** The crossed-out price, when there is one. */
  readonly list?: number
  /** Epoch seconds, exclusive: from then on the next list below answers. */
  readonly until?: number
  /** Short ids: categories and markers that filters look at. */
  readonly tags?: readonly string[]
}

/**
 * Looks a price up in one list of the release. Lists are named like the books: `base`, `store-0042`, `channel-web`,
 * `tier-gold`. Synchronous and pure for one release.
 */
export type PriceSource = (list: string, sku: string) => PriceRow | undefined

/** What a shopper wants to buy, with the closed list of inputs that may move a price. Nothing else about a person can. */
export interface Basket {
  readonly currency: string
  readonly channel: Channel
  readonly storeId?: string
  /** Groups the price book calls a customer tier. */
  readonly tier?: string
  readonly firstOrder?: boolean
  /** 1–12. */
  readonly birthdayMonth?: number
  readonly audience?: readonly string[]
  /** Finished orders before this one; absent for a guest. */
  readonly priorOrders?: number
  /** Codes the shopper typed in, for promotions that need one. */
  readonly codes?: readonly string[]
  readonly lines: readonly BasketLine[]
  /** Coupons presented, by coupon id; order counts where the book says so. */
  readonly coupons?: readonly PresentedCoupon[]
  /** Method of payment, for tender rounding and payment offers. */
  readonly payment?: string
  readonly shipping?: { readonly amount: number; readonly method?: string }
  readonly pointsToBurn?: { readonly ask: number; readonly available: number }
  /** Counters at the time of asking (limits, budgets), by rule id; the authority decides at hold. */
  readonly usage?: Readonly<Record<string, { readonly total?: number; readonly mine?: number; readonly spent?: number; readonly joined?: number }>>
}

export interface BasketLine {
  readonly id: string
  readonly sku: string
  /** Whole units; 1 for a weighed line. A line with 0 (all of it came back) fits no filter. */
  readonly qty: number
  /** Weighed goods: price row is per kilogram. */
  readonly grams?: number
  /** Unit of measure it is sold in when not the plain one (`case`): priced by the row of `<sku>/<uom>`. A unit of the line is one of it. */
  readonly uom?: string
  /** Printed amount of a scale label, which holds over grams × price. */
  readonly labelAmount?: number
}

export interface PresentedCoupon {
  /** The rule's id in the book. */
  readonly coupon: string
  /** The instance (code or item) presented, echoed in the quote. */
  readonly item?: string
}

export interface Funding {
  readonly brand: number
  readonly store: number
  readonly partner: number
  readonly platform: number
}

/** The answer of `quote()`: every amount in integer minor units, every modifier down to the unit, with who funds it. */
export interface Quote {
  readonly release: number
  /** Milliseconds: the instant the basket was priced for. */
  readonly instant: number
  readonly currency: string
  readonly basket: Basket
  readonly lines: readonly QuoteLine[]
  readonly totals: QuoteTotals
  readonly points: { readonly earned: number; readonly burned: number }
  /** Rules that took something, in the order they ran. */
  readonly applied: readonly AppliedRule[]
  /** Every coupon presented and the nearest promotions that did not apply, with the condition that failed. */
  readonly rejected: readonly RejectedRule[]
  /** Names of the methods the book asked for, echoed: "largest-remainder", "half-up". */
  readonly method: { readonly allocation: string; readonly rounding: string }
  /** What a reader must know: "promotions-stopped", "list-prices-expired", "untrusted-clock". */
  readonly flags: readonly string[]
  /** Which prices the answer rests on, when the book makes the shopper choose between member prices and coupons. */
  readonly priceBasis?: 'member' | 'list'
  /** Goods a rule gives on top; put them into the basket as lines of price 0 or hand them over apart. */
  readonly gifts?: readonly { readonly rule: string; readonly sku: string; readonly qty: number }[]
}

export interface QuoteLine {
  readonly id: string
  readonly sku: string
  readonly qty: number
  /** Price of one unit after the price list (a weighed line: of the whole line). */
  readonly unitPrice: number
  /** Which list gave it. */
  readonly list: string
  readonly gross: number
  readonly discount: number
  readonly net: number
  /** Net per unit; sums to `net`. */
  readonly unitNet: readonly number[]
  /** Tax of the line, inside `net` or on top of it. This and the next two only where the book has tax rows. */
  readonly tax?: number
  /** Tax per unit; sums to `tax`. */
  readonly unitTax?: readonly number[]
  /** Absent also when no tax row fits the line. */
  readonly taxPercent?: number
  readonly modifiers: readonly Modifier[]
}

export interface Modifier {
  readonly rule: string
  readonly kind: 'promotion' | 'coupon' | 'points' | 'payment' | 'overlay'
  /** Taken off the line, positive. */
  readonly amount: number
  /** The same per unit; sums to `amount`. */
  readonly units: readonly number[]
  /** Who pays it; sums to `amount`. */
  readonly funding: Funding
}

export interface QuoteTotals {
  readonly gross: number
  readonly discount: number
  /** The part of `discount` that came off the order as a whole before it was shared over lines. */
  readonly orderDiscount?: number
  readonly shipping: number
  readonly shippingDiscount: number
  /** Lines and shipping after discounts. */
  readonly total: number
  /** All tax, of the lines and the fee. This and the next two only where the book has tax rows. */
  readonly tax?: number
  /** The part of it that is the fee's. */
  readonly shippingTax?: number
  /** What of it is paid on top of `total`: all of it, or 0 when prices hold it. */
  readonly taxAdded?: number
  /** Tender rounding, its own modifier: `pay` less `total` and `taxAdded`. */
  readonly rounding: number
  readonly pay: number
}

export interface AppliedRule {
  readonly rule: string
  readonly kind: 'promotion' | 'coupon' | 'points' | 'payment' | 'overlay'
  readonly amount: number
}

export interface RejectedRule extends Issue {
  readonly rule: string
  readonly kind: 'promotion' | 'coupon' | 'points' | 'payment' | 'overlay'
}

/** Proof of a quote: canonical bytes and their SHA-256. */
export interface Seal {
  /** Canonical text: basket, release, unit shares, totals, points; no texts, no times of day. */
  readonly text: string
  /** base64url SHA-256 of `text`, tagged as in documents: H("quote", text). */
  readonly hash: string
}
