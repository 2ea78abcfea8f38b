import type { FactBody, FactName } from '@omokit/core'

/** A product as it appears in browsing and cart events. Amounts are integer minor units. */
export interface ProductBody extends FactBody {
  readonly sku: string
  readonly name?: string
  readonly gtin?: string
  readonly category?: string
  readonly brand?: string
  /** Price of one unit shown to the shopper, minor units. */
  readonly price?: number
  /** ISO 4217. */
  readonly currency?: string
  /** How many this event is about: a change, never the cart's level. */
  readonly quantity?: number
  /** The release the price came from. */
  readonly release?: number
  /** Place in a list, from 1. */
  readonly position?: number
}

/** A list, search result or shelf the shopper saw. */
export interface ProductListBody extends FactBody {
  readonly list?: string
  readonly category?: string
  readonly products: readonly ProductBody[]
}

/** A cart or checkout. Amounts are integer minor units. */
export interface CartBody extends FactBody {
  readonly cart?: string
  readonly order?: string
  readonly currency: string
  /** What the shopper would pay, minor units. */
  readonly value?: number
  readonly products: readonly ProductBody[]
}

/** A paid order. Amounts are integer minor units. */
export interface OrderBody extends FactBody {
  readonly order: string
  readonly currency: string
  /** What was paid, minor units. */
  readonly total: number
  /** What was taken off, minor units. */
  readonly discount?: number
  readonly shipping?: number
  readonly tax?: number
  readonly coupons?: readonly string[]
  readonly products: readonly ProductBody[]
}

/** A coupon that was claimed, put on a basket, or refused. */
export interface CouponBody extends FactBody {
  readonly coupon: string
  /** The instance. */
  readonly item?: string
  readonly order?: string
  /** Minor units. */
  readonly amount?: number
  /** Why it was refused: an issue code. */
  readonly reason?: string
}

/** A promotion's banner or tile. */
export interface PromotionBody extends FactBody {
  readonly promotion: string
  readonly creative?: string
  readonly position?: string
}

/**
 * The bodies of the events that have a fixed shape. Extend it for the brand's own events, and `track` checks them:
 *
 * ```ts
 * declare module '@omokit/tracker' {
 *   interface EventBodies { 'x:Sampling Asked': { readonly sku: string } }
 * }
 * ```
 */
export interface EventBodies {
  'Page Viewed': FactBody & { readonly path: string; readonly title?: string; readonly referrer?: string }
  'Screen Viewed': FactBody & { readonly name: string }
  'Products Searched': FactBody & { readonly query: string; readonly results?: number }
  'Product List Viewed': ProductListBody
  'Product Clicked': ProductBody
  'Product Viewed': ProductBody
  'Product Added': ProductBody & { readonly quantity: number }
  'Product Removed': ProductBody & { readonly quantity: number }
  'Cart Viewed': CartBody
  'Checkout Started': CartBody
  'Order Completed': OrderBody
  'Order Refunded': FactBody & { readonly order: string; readonly currency: string; readonly total: number; readonly products?: readonly ProductBody[] }
  'Coupon Claimed': CouponBody
  'Coupon Applied': CouponBody
  'Coupon Denied': CouponBody
  'Promotion Viewed': PromotionBody
  'Promotion Clicked': PromotionBody
  'QR Scanned': FactBody & { readonly code: string; readonly placement?: string; readonly scene?: string }
  'Store Entered': FactBody & { readonly storeId: string; readonly evidence: 'wifi' | 'beacon' | 'qr' | 'staff' }
  'Shelf Price Shown': FactBody & {
    readonly sku: string
    readonly price: number
    readonly currency: string
    readonly release?: number
    readonly label?: string
  }
}

/** What `track` takes as a name: a known kind, or the brand's own under `x:`. */
export type EventName = FactName | `x:${string}` | (keyof EventBodies & string)

/** The body `track` wants for a name. */
export type BodyOf<N extends EventName> = N extends keyof EventBodies ? EventBodies[N] : FactBody
