import type { FactBody, FactRef, Issue } from '@omokit/core'
import { createPlanCheck, definePlan, type PlanBodies, planFaults, planned, type PlanNode, type PlanTable } from '@omokit/core/plan'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import * as z from 'zod'

const plan = definePlan({
  name: 'acme',
  version: 1,
  events: {
    'x:Sample Asked': { body: z.object({ sku: z.string(), size: z.enum(['mini', 'full']).optional() }) },
    'x:Bare': {},
    'Product Viewed': { body: z.object({ shade: z.string() }) },
  },
})
type Bodies = PlanBodies<typeof plan>

const node = (schema: z.ZodType): PlanNode => schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as PlanNode
const table: PlanTable = {
  name: 'acme',
  version: 1,
  closed: true,
  events: { 'x:Sample Asked': node(z.object({ sku: z.string(), score: z.int().min(1).max(5).optional() })) },
}

describe('a plan', () => {
  it('gives every event its body', () => {
    expectTypeOf<Bodies['x:Sample Asked']>().toExtend<{ readonly sku: string; readonly size?: 'mini' | 'full' | undefined }>()
    expectTypeOf<Bodies['Product Viewed']>().toExtend<{ readonly sku: string; readonly price?: number; readonly shade: string }>()
    const calls: unknown[] = []
    const tracker = {
      track(name: string, body?: FactBody): Promise<FactRef | undefined> {
        calls.push([name, body])
        return Promise.resolve(undefined)
      },
    }
    const { track } = planned<Bodies>(tracker)
    void track('x:Sample Asked', { sku: 'a' })
    void track('Product Viewed', { sku: 'a', shade: 'red' })
    void track('x:Bare')
    void track('Page Viewed', { path: '/' })
    // @ts-expect-error a property of the plan is missing
    void track('x:Sample Asked', {})
    // @ts-expect-error a property has the wrong type
    void track('x:Sample Asked', { sku: 7 })
    // @ts-expect-error a value that is none of the choices
    void track('x:Sample Asked', { sku: 'a', size: 'huge' })
    // @ts-expect-error what the plan wants beside the standard fields is missing
    void track('Product Viewed', { sku: 'a' })
    // @ts-expect-error a standard field is missing
    void track('Product Viewed', { shade: 'red' })
    // @ts-expect-error no body where one is wanted
    void track('Page Viewed')
    // @ts-expect-error an event that is not in the plan
    void track('x:Sample Taken', { sku: 'a' })
    expect(calls).toHaveLength(11)
  })

  it('is refused with a name that is neither standard nor x:, and with a version that is none', () => {
    // @ts-expect-error no prefix
    expect(() => definePlan({ name: 'acme', version: 1, events: { 'sample asked': {} } })).toThrow('unknown-kind')
    expect(() => definePlan({ name: 'acme', version: 0, events: {} })).toThrow('invalid')
    expect(() => definePlan({ name: 'Acme!', version: 1, events: {} })).toThrow('invalid')
  })
})

describe('the check', () => {
  it('says in development what is wrong and where, and takes the event all the same', () => {
    const issues: Issue[] = []
    const check = createPlanCheck(table, { development: true, onIssue: (issue) => issues.push(issue) })
    const good = { sku: 'a', score: 3, more: true }
    expect(check.before('x:Sample Asked', good)).toBe(good)
    expect(check.before('x:Sample Asked', { score: 9 })).toEqual({ score: 9, offPlan: ['sku', 'score'] })
    expect(issues).toEqual([
      { code: 'invalid', path: 'x:Sample Asked.sku', have: 'nothing', need: 'string' },
      { code: 'invalid', path: 'x:Sample Asked.score', have: 9, need: '5 or less' },
    ])
    expect(check.counts()).toEqual({ checked: 2, wrong: 1, byEvent: { 'x:Sample Asked': 1 } })
  })

  it('flags and counts in production, and tells nobody', () => {
    const issues: Issue[] = []
    const check = createPlanCheck(table, { onIssue: (issue) => issues.push(issue) })
    expect(check.before('x:Sample Asked', { sku: 7 })).toEqual({ sku: 7, offPlan: ['sku'] })
    expect(check.before('x:Not Planned', { a: 1 })).toEqual({ a: 1, offPlan: [''] })
    expect(check.issues('x:Not Planned', {})).toEqual([{ code: 'unknown-kind', have: 'x:Not Planned' }])
    const page = { path: '/' }
    expect(check.before('Page Viewed', page)).toBe(page)
    expect(check.before('x:constructor', {})).toEqual({ offPlan: [''] })
    expect(check.counts()).toEqual({ checked: 4, wrong: 3, byEvent: { 'x:Sample Asked': 1, 'x:Not Planned': 1, 'x:constructor': 1 } })
    expect(issues).toEqual([])
    expect(createPlanCheck({ ...table, closed: false }).issues('x:Not Planned', {})).toEqual([])
  })

  it('survives a listener that throws', () => {
    const check = createPlanCheck(table, {
      development: true,
      onIssue: () => {
        throw new Error('host')
      },
    })
    expect(check.before('x:Sample Asked', {})).toEqual({ offPlan: ['sku'] })
  })

  it('never tells a value, and at most eight faults', () => {
    const many = planFaults(
      node(z.array(z.int())),
      Array.from({ length: 100 }, () => 'secret'),
    )
    expect(many).toHaveLength(8)
    expect(JSON.stringify(many)).not.toContain('secret')
    expect(many[7]).toEqual({ code: 'invalid', path: '7', have: 'string', need: 'integer' })
  })

  it('answers as zod does, for any value', () => {
    const schemas: Readonly<Record<string, z.ZodType>> = {
      text: z.string().min(1).max(3),
      pattern: z.string().regex(/^[a-c]+$/),
      integer: z.int().min(-2).max(5),
      number: z.number().gt(0).lt(1.5),
      choice: z.enum(['a', 'b']),
      literal: z.literal(['a', 1, null]),
      list: z.array(z.boolean()).min(1).max(2),
      union: z.union([z.string(), z.object({ a: z.int() })]),
      both: z.intersection(z.object({ a: z.string() }), z.object({ b: z.number().optional() })),
      strict: z.strictObject({ a: z.string().optional() }),
      loose: z.looseObject({ a: z.string() }),
      record: z.record(z.string(), z.number()),
      deep: z.object({ a: z.array(z.object({ b: z.enum(['x']).optional() })) }),
    }
    const leaf = fc.oneof(
      fc.constantFrom('a', 'b', 'abc', 'abcd', '', 'x', 1, 0, 5, 6, -2, 0.5, 1.5, null, true),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.boolean(), { maxLength: 3 }),
        fc.record({ a: fc.constantFrom('a', 'x', 1), b: fc.constantFrom(1, 'x') }, { requiredKeys: [] }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
      ),
    }))
    for (const [name, schema] of Object.entries(schemas)) {
      const plain = node(schema)
      let right = 0
      fc.assert(
        fc.property(value, (given) => {
          const fits = schema.safeParse(given).success
          if (fits) right++
          expect({ name, given, fits: planFaults(plain, given).length === 0 }).toEqual({ name, given, fits })
        }),
        { numRuns: 300, seed: 3 },
      )
      expect({ name, right: right > 0 }).toEqual({ name, right: true })
    }
  })
})
