import type { OrderBody, ProductBody, ReceiptBody } from '@omokit/core'

/**
 * The body of `Order Completed` that a sealed receipt stands for: what was paid, taken off and taxed, the coupons used up, the articles.
 * Lines sold by weight count one piece each. Prices of single articles are not in it: they stand in the seal.
 */
export function orderOf({ order, basket, totals, coupons, member, release }: ReceiptBody): OrderBody {
  const discount = totals.discount + totals.shippingDiscount
  return Object.assign(
    {
      order,
      release,
      currency: basket.currency,
      total: totals.pay,
      products: basket.lines.map(({ sku, qty, grams }): ProductBody => ({ sku, quantity: grams === undefined ? qty : 1 })),
    },
    discount > 0 && { discount },
    totals.shipping > 0 && { shipping: totals.shipping },
    totals.tax !== undefined && { tax: totals.tax },
    coupons && coupons.length > 0 && { coupons: coupons.map(({ coupon }) => coupon) },
    member !== undefined && { member },
  )
}
