export { createOutbox } from './create-outbox'
export type {
  FlushReport,
  Outbox,
  OutboxLimits,
  OutboxOptions,
  OutboxStats,
  QuarantinedFact,
  SlimOutbox,
  StoredFact,
  StreamStats,
} from './outbox'
