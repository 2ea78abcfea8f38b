export { createOutbox } from './create-outbox'
export type {
  FlushReport,
  Outbox,
  OutboxLimits,
  OutboxOptions,
  OutboxStats,
  QuarantinedFact,
  StoredFact,
  StreamStats,
} from './outbox'
