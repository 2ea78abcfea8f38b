export { accept, codeOf, OmoError, refuse } from './issues'
export type { Issue, IssueCode, Refusal, Result } from './issues'
export type {
  Crypto,
  Entropy,
  Env,
  Kv,
  Life,
  Locks,
  LockLost,
  Log,
  LogRecord,
  LogStats,
  LogStore,
  Net,
  NetRequest,
  NetResponse,
  Platform,
  Ports,
  StreamHandlers,
  Time,
  Timer,
} from './ports'
export { factKinds } from './fact-kinds'
export { isTradeKind } from './fact-lanes'
export type { FactKind, FactName, JourneyStage } from './fact-kinds'
export type {
  Channel,
  ClockSource,
  Fact,
  FactBody,
  FactDraft,
  FactRef,
  FactsLostBody,
  FactsRequest,
  FactsResponse,
  Ids,
  Json,
  KeyKind,
  Lane,
  Place,
  StreamEndedBody,
} from './facts'
export type {
  AppointmentBody,
  CampaignBody,
  CartBody,
  CheckoutStepBody,
  ConsultationBody,
  ContentBody,
  CouponBody,
  CouponHoldBody,
  EventContext,
  OrderBody,
  PointsBody,
  ProductBody,
  ProductListBody,
  PromotionBody,
  ShareTarget,
  StandardBodies,
} from './event-bodies'
export { createClock, createSlimClock } from './clock'
export type { Clock, ClockOptions, ClockReading } from './clock'
export { fromBase64url, toBase64url } from './base64url'
export { hash } from './hash'
export { sha256 } from './sha256'
export { fromUtf8, utf8 } from './utf8'
export type { OfflineContract, RedemptionBody } from './redemption'
export { isAmount, maxAmount } from './money/amounts'
export { mulDiv } from './money/mul-div'
export type { Rounding } from './money/mul-div'
export { allocate } from './money/allocate'
export { currencyDigits } from './money/currency-digits'
export { formatAmount, parseAmount } from './money/format-amount'
export { askHub } from './ask-hub'
export type { HubAddress } from './ask-hub'
export type { ReceiptBasket, ReceiptBody, ReceiptSeal, ReceiptTotals } from './receipt'
export { createIds } from './ids'
