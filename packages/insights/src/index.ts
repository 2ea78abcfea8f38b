export { orderedFunnel, stageFunnel, stageOf } from './funnel'
export type { CountedEvent, FunnelEvent, OrderedFunnel, OrderedFunnelOptions, Stage, StageFunnel, StageRow } from './funnel'
