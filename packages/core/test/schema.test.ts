import { readdirSync, readFileSync } from 'node:fs'
import type { CommandAnswers, CommandBatchRequest, CommandPayloads, CommandRequest, Right } from '@omokit/core/commands'
import type { Fact, FactsRequest, FactsResponse, Issue, IssueCode, Place, Refusal } from '@omokit/core'
import {
  commandBatchRequestSchema,
  commandPayloadSchemas,
  commandAnswerSchemas,
  commandRequestSchema,
  couponPutSchema,
  type factSchema,
  factsRequestSchema,
  type factsResponseSchema,
  type issueCodeSchema,
  type issueSchema,
  type placeSchema,
  receiptBodySchema,
  type refusalSchema,
  rightSchema,
  wireSchemas,
} from '@omokit/core/schema'
import type { Writable } from '@omokit/core/schema'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type * as z from 'zod/mini'
import { jsonSchemas, schemaFolder } from '../scripts/json-schema'

const fact: Fact = { seq: 1, kind: 'Product Viewed', at: 1_767_225_600_000, tz: 480, mono: 12.5, src: 'device', body: { sku: '6901234567892', price: 1200 } }
const request: FactsRequest = { stream: 'abc', lane: 'observe', sent_at: 1_767_225_600_000, head: 1, facts: [fact] }

describe('wire schemas', () => {
  it('have exactly the types of the contract', () => {
    expectTypeOf<z.output<typeof issueCodeSchema>>().toEqualTypeOf<IssueCode>()
    expectTypeOf<z.output<typeof issueSchema>>().toEqualTypeOf<Writable<Issue>>()
    expectTypeOf<z.output<typeof refusalSchema>>().toEqualTypeOf<Writable<Refusal>>()
    expectTypeOf<z.output<typeof placeSchema>>().toEqualTypeOf<Writable<Place>>()
    expectTypeOf<z.output<typeof factSchema>>().toEqualTypeOf<Writable<Fact>>()
    expectTypeOf<z.output<typeof factsRequestSchema>>().toEqualTypeOf<Writable<FactsRequest>>()
    expectTypeOf<z.output<typeof factsResponseSchema>>().toEqualTypeOf<Writable<FactsResponse>>()
    expectTypeOf<z.output<typeof rightSchema>>().toEqualTypeOf<Writable<Right>>()
    expectTypeOf<z.output<typeof commandRequestSchema>>().toEqualTypeOf<Writable<CommandRequest>>()
    expectTypeOf<z.output<typeof commandBatchRequestSchema>>().toEqualTypeOf<Writable<CommandBatchRequest>>()
    expectTypeOf<z.output<(typeof commandPayloadSchemas)['hold']>>().toEqualTypeOf<Writable<CommandPayloads['hold']>>()
    expectTypeOf<z.output<(typeof commandAnswerSchemas)['lease']>>().toEqualTypeOf<Writable<CommandAnswers['lease']>>()
    // and a value of the contract passes as it is
    expect(factsRequestSchema.parse(request)).toEqual(request)
  })

  it('take money and numbers only as safe integers within bounds', () => {
    const lease = { right: { kind: 'counter', id: 'c', qty: 1 }, terminal: 't', ttlMs: 1000, epoch: 'e' }
    expect(commandPayloadSchemas.lease.safeParse(lease).success).toBe(true)
    for (const qty of [0, -1, 1.5, 1e13 + 1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
      expect(commandPayloadSchemas.lease.safeParse({ ...lease, right: { ...lease.right, qty } }).success).toBe(false)
    }
    for (const amount of [0.5, 2 ** 53, 1e14, '5']) {
      expect(commandPayloadSchemas.confirm.safeParse({ hold: 'h', amounts: { c: amount } }).success).toBe(false)
    }
    expect(rightSchema.safeParse({ kind: 'item', id: 'i', qty: 2 }).success).toBe(false)
  })

  it('refuse what is over a cap, of another type or missing', () => {
    const facts = (length: number): unknown => ({ ...request, facts: Array.from({ length }, (_, i) => ({ ...fact, seq: i + 1 })) })
    expect(factsRequestSchema.safeParse(facts(500)).success).toBe(true)
    expect(factsRequestSchema.safeParse(facts(501)).success).toBe(false)
    for (const bad of [
      { stream: '' },
      { stream: 'a b' },
      { stream: 'x'.repeat(65) },
      { lane: 'other' },
      { head: -1 },
      { head: 1.5 },
      { facts: undefined },
      { facts: {} },
      { facts: [{ ...fact, seq: 0 }] },
      { facts: [{ ...fact, kind: 'x'.repeat(65) }] },
      { facts: [{ ...fact, body: [] }] },
      { facts: [{ ...fact, prev: 'short' }] },
      { facts: [{ ...fact, priority: 3 }] },
      { facts: [{ ...fact, place: { channel: 'moon' } }] },
    ])
      expect([bad, factsRequestSchema.safeParse({ ...request, ...bad }).success]).toEqual([bad, false])
    expect(
      commandBatchRequestSchema.safeParse({ commands: Array.from({ length: 201 }, () => ({ key: 'A'.repeat(43), operation: 'release', payload: {} })) })
        .success,
    ).toBe(false)
  })

  it('know every operation, and only those', () => {
    expect(Object.keys(commandPayloadSchemas).sort()).toEqual(Object.keys(commandAnswerSchemas).sort())
    for (const operation of Object.keys(commandPayloadSchemas)) {
      expect(commandRequestSchema.safeParse({ key: 'A'.repeat(43), operation, payload: {} }).success).toBe(true)
    }
    expect(commandRequestSchema.safeParse({ key: 'A'.repeat(43), operation: 'refund', payload: {} }).success).toBe(false)
  })

  it('keep the fields of a basket they do not know', () => {
    const receipt = {
      receiptNo: 'r',
      order: 'o',
      release: 1,
      instant: 1,
      basket: { currency: 'CNY', channel: 'till', tier: 'gold', lines: [{ id: '1', sku: 's', qty: 1, more: true }] },
      seal: { hash: 'A'.repeat(43) },
      totals: { gross: 1, discount: 0, shipping: 0, shippingDiscount: 0, total: 1, rounding: 0, pay: 1 },
      points: { earned: 0, burned: 0 },
    }
    expect(receiptBodySchema.parse(receipt)).toEqual(receipt)
    expect(couponPutSchema.safeParse({ name: 'n', rule: 'r', offline: false }).success).toBe(true)
  })

  it('bound every text and every list', () => {
    const open: string[] = []
    for (const [file, text] of Object.entries(jsonSchemas())) {
      walk(JSON.parse(text), file, (node, path) => {
        if (path.includes('__schema')) return // any JSON: bounded by bytes and nesting before it is parsed
        if (node['type'] === 'string' && node['maxLength'] === undefined && !node['pattern'] && !node['enum'] && node['const'] === undefined) open.push(path)
        if (node['type'] === 'array' && node['maxItems'] === undefined && !node['prefixItems']) open.push(path)
      })
    }
    expect(open).toEqual([])
  })

  it('are committed as JSON Schemas that are current', () => {
    const expected = jsonSchemas()
    expect(readdirSync(schemaFolder).sort()).toEqual(Object.keys(expected).sort())
    for (const [file, text] of Object.entries(expected)) expect(readFileSync(schemaFolder + file, 'utf8')).toBe(text)
    expect(Object.keys(wireSchemas)).toHaveLength(Object.keys(expected).length)
  })
})

function walk(node: unknown, path: string, visit: (node: Record<string, unknown>, path: string) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(node as Record<string, unknown>, path)
  for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`, visit)
}
