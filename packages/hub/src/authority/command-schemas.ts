import type { CommandPayloads, CommandRequest, Operation } from '@omokit/core/commands'
import * as z from 'zod'

const id = z.string().min(1).max(128)
const place = z.strictObject({
  channel: z.enum(['web', 'miniprogram', 'till', 'server', 'shelf']),
  storeId: id.optional(),
  workstationId: id.optional(),
  businessDay: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional(),
  operatorId: id.optional(),
  training: z.boolean().optional(),
})
const right = z
  .strictObject({ kind: z.enum(['counter', 'item', 'lots']), id, qty: z.int().min(1).max(10_000_000_000_000) })
  .refine((one) => one.kind !== 'item' || one.qty === 1, { path: ['qty'], message: 'an item is one' })
const day = 86_400_000

/** What each operation takes. Unknown fields are refused: a misspelt field must not be silently ignored where money is concerned. */
export const commandSchemas: { readonly [O in Operation]: z.ZodType<CommandInputs[O]> } = {
  claim: z.strictObject({ coupon: id, member: id.optional(), visitor: id.optional(), place: place.optional() }),
  hold: z.strictObject({
    order: id,
    rights: z.array(right).min(1).max(64),
    ttlMs: z.int().min(1).max(day),
    member: id.optional(),
    place: place.optional(),
    settle: z.boolean().optional(),
  }),
  confirm: z.strictObject({ hold: id, receipt: id.optional(), amounts: z.record(id, z.int().min(-1e13).max(1e13)).optional() }),
  reverse: z.strictObject({ hold: id, returnDocument: id, lines: z.array(z.strictObject({ right })).min(1).max(64).optional() }),
  release: z.strictObject({ hold: id }),
  lease: z.strictObject({
    right,
    terminal: id,
    ttlMs: z
      .int()
      .min(1)
      .max(30 * day),
    epoch: id,
    clockBoundMs: z.int().min(0).max(day).optional(),
  }),
  'lease-return': z.strictObject({ lease: id, spent: z.int().min(0) }),
}

/** `POST /v1/commands`. */
export const commandSchema: z.ZodType<Pick<CommandRequest, 'key' | 'operation'> & { readonly payload: Record<string, unknown> }> = z.strictObject({
  key: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'base64url SHA-256'),
  operation: z.enum(['claim', 'hold', 'confirm', 'reverse', 'release', 'lease', 'lease-return']),
  payload: z.record(z.string(), z.unknown()),
})

/** `POST /v1/commands/batch`. */
export const commandBatchSchema: z.ZodType<{ readonly commands: readonly unknown[] }> = z.strictObject({ commands: z.array(z.unknown()).max(200) })

/** Read payloads, by operation: {@link commandSchemas} agree with those of `@omokit/core/schema` but for unknown fields. */
export type CommandInputs = { readonly [O in Operation]: Loose<CommandPayloads[O]> }

/** zod leaves undefined where a field is absent. */
export type Loose<T> = T extends readonly (infer E)[]
  ? readonly Loose<E>[]
  : T extends object
    ? { readonly [K in keyof T]: object extends Pick<T, K> ? Loose<T[K]> | undefined : Loose<T[K]> }
    : T
