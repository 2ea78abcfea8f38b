export { createTracker } from './tracker'
export type { SessionOptions, Tracker, TrackerOptions, TrackOptions } from './tracker'
export type { Campaign } from './session'
export type {
  BodyOf,
  CartBody,
  CouponBody,
  EventBodies,
  EventName,
  OrderBody,
  ProductBody,
  ProductListBody,
  PromotionBody,
} from './event-bodies'
