export { compile } from './compile'
export type { CompiledBook, CompileOptions } from './compile'
export { quote } from './quote'
export { explain } from './explain'
export { toRows } from './to-rows'
export type {
  BookRule,
  BurnRule,
  Condition,
  CouponRule,
  EarnRule,
  Effect,
  Filter,
  OverlayRule,
  PaymentRule,
  PricesRule,
  PromotionRule,
  Rule,
  RuleBook,
  RuleRow,
  SettingsRule,
  TaxRule,
  TenderRule,
  Tier,
  Window,
} from './rule-book'
export type {
  AppliedRule,
  Basket,
  BasketLine,
  Funding,
  Modifier,
  PresentedCoupon,
  PriceRow,
  PriceSource,
  Quote,
  QuoteLine,
  QuoteTotals,
  RejectedRule,
  Seal,
} from './types'
