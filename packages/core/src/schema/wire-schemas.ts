import type * as z from 'zod/mini'
import { commandAnswerSchemas, commandBatchRequestSchema, commandBatchResponseSchema, commandPayloadSchemas, commandRequestSchema } from './command-schemas'
import { eventSchemas, ownSchemas } from './event-schemas'
import { factSchema, factsRequestSchema, factsResponseSchema } from './fact-schemas'
import { refusalSchema } from './issue-schemas'
import {
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
  walletResponseSchema,
} from './member-schemas'

/** Everything that crosses the wire, by the name of its JSON Schema file. */
export const wireSchemas: Readonly<Record<string, z.ZodMiniType>> = {
  refusal: refusalSchema,
  fact: factSchema,
  'facts-request': factsRequestSchema,
  'facts-response': factsResponseSchema,
  ...prefixed('body-', ownSchemas),
  ...prefixed('body-', eventSchemas),
  'command-request': commandRequestSchema,
  'command-batch-request': commandBatchRequestSchema,
  'command-batch-response': commandBatchResponseSchema,
  ...prefixed('payload-', commandPayloadSchemas),
  ...prefixed('answer-', commandAnswerSchemas),
  'member-token-request': memberTokenRequestSchema,
  'member-token-response': memberTokenResponseSchema,
  'member-code-request': memberCodeRequestSchema,
  'member-code-response': memberCodeResponseSchema,
  'member-resolve-request': memberResolveRequestSchema,
  'member-resolve-response': memberResolveResponseSchema,
  'member-me-response': memberMeResponseSchema,
  'member-put': memberPutSchema,
  'wallet-response': walletResponseSchema,
  'coupon-put': couponPutSchema,
  'counter-put': counterPutSchema,
}

function prefixed(prefix: string, schemas: Readonly<Record<string, z.ZodMiniType>>): Record<string, z.ZodMiniType> {
  const named: Record<string, z.ZodMiniType> = {}
  Object.keys(schemas).forEach((name) => (named[prefix + name.toLowerCase().replace(/ /g, '-')] = schemas[name] as z.ZodMiniType))
  return named
}
