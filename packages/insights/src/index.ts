export { conversionDrop, cusum, detectableDrop, ewmaChart, watchConversion } from './alerts'
export type { ConversionWatch, Cusum, CusumOptions, DropOptions, DropVerdict, EwmaChart, EwmaOptions, Visits, WatchOptions } from './alerts'
export { apportion, attribute, markov, shapley, touchShares } from './attribution'
export type { AttributionModel, ChannelCredit, Journey, MarkovAttribution, MarkovChannel, MarkovOptions } from './attribution'
export {
  bgNbdAlive,
  bgNbdChance,
  bgNbdExpected,
  bgNbdFuture,
  expectedSpend,
  fitBgNbd,
  paretoNbdAlive,
  paretoNbdExpected,
  paretoNbdFuture,
  repeatRate,
} from './clv'
export type { BgNbd, BgNbdFit, GammaGamma, ParetoNbd, PurchaseHistory, RepeatRate } from './clv'
export {
  betaBinomial,
  correctPValues,
  cuped,
  equalProportions,
  newcombe,
  powerMeans,
  powerProportions,
  sampleRatio,
  sizeMeans,
  sizeProportions,
  summarise,
  twoProportions,
  welch,
  wilson,
} from './experiments'
export type {
  Arm,
  BetaBinomial,
  BetaPrior,
  ChiSquare,
  CorrectedPValues,
  Cuped,
  CupedUnit,
  Interval,
  MeansPlan,
  ProportionsPlan,
  SampleRatio,
  Summary,
  TwoProportions,
  WelchOptions,
  WelchTest,
} from './experiments'
export { orderedFunnel, stageFunnel, stageOf } from './funnel'
export type { CountedEvent, FunnelEvent, OrderedFunnel, OrderedFunnelOptions, Stage, StageFunnel, StageRow } from './funnel'
export { kFactor, netPromoterScore } from './growth'
export type { KFactor, NetPromoterScore, Referrals } from './growth'
export { priceConsistency } from './parity'
export type { ArticlePrices, PriceConsistency } from './parity'
export { customerTotals, lintSegments, orderCounts, rfmCells, rfmHeatmap, rfmSegments, rfmThresholds, scoreRfm } from './rfm'
export type { CustomerOrder, CustomerTotals, HeatCell, OrderCounts, RfmCell, RfmSegment, RfmThresholds, ScoredCustomer, SegmentFaults, SegmentRow } from './rfm'
export { channelRoi } from './roi'
export type { ChannelRoi, ChannelSpend } from './roi'
export type { Issue, IssueCode, Refusal, Result } from './result'
