import type { Channel } from './facts'

/**
 * Body of `Receipt Issued` (trade): what a till or server printed, with all that is needed to price the basket again: the
 * basket, the release and the instant. Amounts are integer minor units. A type, not an interface, so that it is a `FactBody`
 * and takes the quote's parts as they are.
 */
export type ReceiptBody = {
  /** As printed. */
  readonly receiptNo: string
  readonly order: string
  /** Version of the release that priced it. */
  readonly release: number
  /** Milliseconds: the instant the basket was priced for. */
  readonly instant: number
  readonly basket: ReceiptBasket
  readonly seal: ReceiptSeal
  readonly totals: ReceiptTotals
  readonly points: { readonly earned: number; readonly burned: number }
  /** Coupons used up, each with the lease it was spent under when the hub was not asked. */
  readonly coupons?: readonly { readonly coupon: string; readonly item: string; readonly lease?: string }[]
  readonly member?: string
  readonly tender?: readonly { readonly method: string; readonly amount: number }[]
}

/** The basket as it was priced: any `Basket` of `@omokit/rules`, kept whole. Only what every basket has is named here. */
export type ReceiptBasket = {
  readonly currency: string
  readonly channel: Channel
  readonly storeId?: string
  readonly lines: readonly { readonly id: string; readonly sku: string; readonly qty: number; readonly grams?: number; readonly labelAmount?: number }[]
}

/** Proof of the quote. With `text` a reader can tell an edited receipt from a different evaluator. */
export type ReceiptSeal = {
  /** H("quote", text). */
  readonly hash: string
  /** The canonical text that was hashed. */
  readonly text?: string
}

/** Totals of the quote, as `QuoteTotals` of `@omokit/rules`. */
export type ReceiptTotals = {
  readonly gross: number
  readonly discount: number
  readonly orderDiscount?: number
  readonly shipping: number
  readonly shippingDiscount: number
  readonly total: number
  readonly tax?: number
  readonly shippingTax?: number
  readonly taxAdded?: number
  readonly rounding: number
  readonly pay: number
}
