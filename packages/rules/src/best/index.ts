export { bestCoupons } from './best-coupons'
export type { BestCoupons, CouponChoice } from './best-coupons'
