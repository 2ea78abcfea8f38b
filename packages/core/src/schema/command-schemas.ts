import * as z from 'zod/mini'
import type { CommandAnswers, CommandBatchRequest, CommandBatchResponse, CommandPayloads, CommandRequest, Operation, Right } from '../commands/commands'
import { amount, count, id, sha256Text, time, token } from './atoms'
import { jsonSchema, placeSchema } from './fact-schemas'
import { refusalSchema } from './issue-schemas'
import type { Schema } from './schema-of'

const day = 86_400_000

export const rightSchema: Schema<Right> = z
  .object({ kind: z.enum(['counter', 'item', 'lots']), id, qty: z.int().check(z.minimum(1), z.maximum(1e13)) })
  .check(z.refine((right) => right.kind !== 'item' || right.qty === 1, { path: ['qty'], message: 'an item is one' }))

const rights = z.array(rightSchema).check(z.minLength(1), z.maxLength(64))

/** The payload of each operation. */
export const commandPayloadSchemas: { readonly [O in Operation]: Schema<CommandPayloads[O]> } = {
  claim: z.object({ coupon: id, member: z.exactOptional(id), visitor: z.exactOptional(id), place: z.exactOptional(placeSchema) }),
  hold: z.object({
    order: id,
    rights,
    ttlMs: z.int().check(z.minimum(1), z.maximum(day)),
    member: z.exactOptional(id),
    place: z.exactOptional(placeSchema),
    settle: z.exactOptional(z.boolean()),
  }),
  confirm: z.object({ hold: id, receipt: z.exactOptional(id), amounts: z.exactOptional(z.record(id, amount)) }),
  reverse: z.object({ hold: id, returnDocument: id, lines: z.exactOptional(z.array(z.object({ right: rightSchema })).check(z.minLength(1), z.maxLength(64))) }),
  release: z.object({ hold: id }),
  lease: z.object({
    right: rightSchema,
    terminal: id,
    ttlMs: z.int().check(z.minimum(1), z.maximum(30 * day)),
    epoch: id,
    clockBoundMs: z.exactOptional(z.int().check(z.minimum(0), z.maximum(day))),
  }),
  'lease-return': z.object({ lease: id, spent: count }),
}

/** The accepting answer of each operation. */
export const commandAnswerSchemas: { readonly [O in Operation]: Schema<CommandAnswers[O]> } = {
  claim: z.object({ item: id, coupon: id, code: id, expiresAt: time, token: z.exactOptional(token) }),
  hold: z.object({ hold: id, expiresAt: time, rights }),
  confirm: z.object({ hold: id, state: z.literal('redeemed') }),
  reverse: z.object({ hold: id, state: z.enum(['reversed', 'partly-reversed']) }),
  release: z.object({ hold: id, state: z.literal('released') }),
  lease: z.object({ lease: id, right: rightSchema, expiresAt: time, terminal: id, epoch: id }),
  'lease-return': z.object({ lease: id, returned: count }),
}

/** `POST /v1/commands`; check the payload with {@link commandPayloadSchemas}. */
export const commandRequestSchema: Schema<CommandRequest> = z.object({
  key: sha256Text,
  operation: z.enum(['claim', 'hold', 'confirm', 'reverse', 'release', 'lease', 'lease-return']),
  payload: jsonSchema,
})

/** `POST /v1/commands/batch`. */
export const commandBatchRequestSchema: Schema<CommandBatchRequest> = z.object({ commands: z.array(commandRequestSchema).check(z.maxLength(200)) })

/** `POST /v1/commands/batch`, answer. */
export const commandBatchResponseSchema: Schema<CommandBatchResponse> = z.object({
  answers: z.array(z.union([z.object({ ok: z.literal(true), value: jsonSchema }), refusalSchema])).check(z.maxLength(200)),
})
