export { orderedFunnel } from './ordered-funnel'
export type { FunnelEvent, OrderedFunnel, OrderedFunnelOptions } from './ordered-funnel'
export { stageFunnel, stageOf } from './stage-funnel'
export type { CountedEvent, Stage, StageFunnel, StageRow } from './stage-funnel'
