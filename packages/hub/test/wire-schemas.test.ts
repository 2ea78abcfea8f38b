import { commandPayloadSchemas, counterPutSchema, couponPutSchema } from '@omokit/core/schema'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { commandSchemas } from '../src/authority/command-schemas'
import { counterSchema, couponSchema } from '../src/authority/definition-schemas'

/** A schema as JSON Schema, without what it says of unknown fields: the wire contract lets them be, the hub refuses them. */
function shape(schema: unknown): unknown {
  const text = JSON.stringify(z.toJSONSchema(schema as z.ZodType, { io: 'input' }), (name, value: unknown) =>
    name === 'additionalProperties' && value === false ? undefined : value,
  )
  return JSON.parse(text)
}

describe('what the hub takes is what the wire contract says', () => {
  it.each(Object.keys(commandSchemas) as (keyof typeof commandSchemas)[])('%s', (operation) => {
    expect(shape(commandSchemas[operation])).toEqual(shape(commandPayloadSchemas[operation]))
  })

  it('definitions of coupons and counters', () => {
    expect(shape(couponSchema)).toEqual(shape(couponPutSchema))
    expect(shape(counterSchema)).toEqual(shape(counterPutSchema))
  })

  it('an item is one, for both', () => {
    const payload = { order: 'o', ttlMs: 1, rights: [{ kind: 'item', id: 'i', qty: 2 }] }
    for (const schema of [commandSchemas.hold, commandPayloadSchemas.hold]) expect((schema as z.ZodType).safeParse(payload).success).toBe(false)
  })
})
