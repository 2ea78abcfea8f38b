export {
  commandAnswerSchemas,
  commandBatchRequestSchema,
  commandBatchResponseSchema,
  commandPayloadSchemas,
  commandRequestSchema,
  rightSchema,
} from './command-schemas'
export { eventJsonSchema, eventSchemas, ownSchemas } from './event-schemas'
export type { BodySchema } from './event-schemas'
export { eventTexts } from './event-texts'
export type { EventText } from './event-texts'
export {
  factBodySchema,
  factSchema,
  factsLostSchema,
  factsRequestSchema,
  factsResponseSchema,
  jsonSchema,
  laneSchema,
  placeSchema,
  receiptBodySchema,
  redemptionBodySchema,
  streamEndedSchema,
} from './fact-schemas'
export { issueCodeSchema, issueSchema, refusalSchema } from './issue-schemas'
export {
  counterPutSchema,
  couponPutSchema,
  memberCodeRequestSchema,
  memberCodeResponseSchema,
  memberMeResponseSchema,
  memberPutSchema,
  memberResolveRequestSchema,
  memberResolveResponseSchema,
  memberTokenRequestSchema,
  memberTokenResponseSchema,
  offlineContractSchema,
  walletResponseSchema,
} from './member-schemas'
export type { CouponPutBody, WalletCouponBody } from './member-schemas'
export type { Schema, Writable, WritableJson } from './schema-of'
export { wireSchemas } from './wire-schemas'
