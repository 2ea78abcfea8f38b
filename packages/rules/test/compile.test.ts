import { describe, expect, it } from 'vitest'
import { compile, toRows } from '@omokit/rules'
import type { Rule, RuleRow } from '@omokit/rules'
import { idleKey, ruleJsonSchema, ruleSchema } from '@omokit/rules/schema'
import { tax } from '@omokit/rules/tax'
import { randomCase } from './random-book'

const book = (...rules: readonly RuleRow[]): ReturnType<typeof compile> => compile({ release: 1, currency: 'CNY', prices: () => undefined, rules })
const rule = (body: object): RuleRow => ['r', JSON.stringify({ kind: 'promotion', effects: [], ...body })]

describe('a rule book is refused rather than priced wrong', () => {
  it.each([
    ['a kind it does not know', { kind: 'lottery' }, 'unknown-rule', 'r.kind'],
    ['an effect it does not know', { effects: [{ type: 'spinWheel' }] }, 'unknown-rule', 'r.effects.0.type'],
    ['a condition it does not know', { when: [{ type: 'all', of: [{ type: 'moonPhase' }] }] }, 'unknown-rule', 'r.when.0.of.0.type'],
    ['a kind named like a property of every object', { kind: '__proto__' }, 'unknown-rule', 'r.kind'],
    ['a key it does not know', { maxPerDay: 1 }, 'invalid', 'r.maxPerDay'],
    ['negative money', { effects: [{ type: 'amountOff', per: 'order', amount: -1 }] }, 'invalid', 'r.effects.0.amount'],
    ['fractional money', { effects: [{ type: 'amountOff', per: 'order', amount: 0.5 }] }, 'invalid', 'r.effects.0.amount'],
    ['money above 1e13', { effects: [{ type: 'amountOff', per: 'order', amount: 1e13 + 1 }] }, 'invalid', 'r.effects.0.amount'],
    ['money as text', { effects: [{ type: 'amountOff', per: 'order', amount: '5' }] }, 'invalid', 'r.effects.0.amount'],
    ['a percentage of seven places', { effects: [{ type: 'percentOff', on: 'lines', percent: 1.1234567 }] }, 'invalid', 'r.effects.0.percent'],
    ['a misspelt choice', { effects: [{ type: 'percentOff', on: 'line', percent: 1 }] }, 'invalid', 'r.effects.0.on'],
    ['funders that do not add up', { funding: { brand: 50, store: 49 } }, 'invalid', 'r.funding'],
    ['a missing key', { effects: [{ type: 'bundlePrice', items: [] }] }, 'invalid', 'r.effects.0.price'],
  ])('%s', (_, body, code, path) => {
    expect(book(rule(body))).toMatchObject({ ok: false, issues: [{ code, path }] })
  })

  it('but an optional rule is left out', () => {
    const made = book(rule({ kind: 'lottery', optional: true }))
    expect(made.ok && made.value.rules.promotion).toEqual([])
  })
  it('broken JSON, one id twice, a strange id, a row that is too long, too many rows', () => {
    expect(book(['r', '{'])).toMatchObject({ issues: [{ code: 'malformed', path: 'r' }] })
    expect(book(rule({}), rule({}))).toMatchObject({ issues: [{ code: 'duplicate-key', path: 'r' }] })
    expect(book(['a b', '{"kind":"promotion","effects":[]}'])).toMatchObject({ issues: [{ code: 'invalid' }] })
    expect(book(['r', `"${'x'.repeat(70_000)}"`])).toMatchObject({ issues: [{ code: 'too-large', path: 'r' }] })
    expect(book(...Array.from({ length: 20_001 }, (): RuleRow => ['r', '']))).toMatchObject({ issues: [{ code: 'too-many' }] })
    expect(compile({ release: 1, currency: 'yuan', prices: () => undefined, rules: [] })).toMatchObject({ issues: [{ code: 'unknown-currency' }] })
  })
  it('settings twice, an overlay outside what is granted, conditions nested deeper than sixteen', () => {
    const settings = '{"kind":"settings"}'
    expect(book(['s', settings], ['t', settings])).toMatchObject({ issues: [{ code: 'duplicate-key', path: 't' }] })
    const over = (body: object): RuleRow => ['o', JSON.stringify({ kind: 'overlay', store: 's', rule: 'r', ...body })]
    const granted = rule({ overlay: { amount: [5, 9] } })
    for (const amount of [4, 10]) expect(book(granted, over({ amount }))).toMatchObject({ issues: [{ code: 'invalid', path: 'o.amount' }] })
    for (const amount of [5, 9]) expect(book(granted, over({ amount })).ok).toBe(true)
    const deep = (n: number): object => (n ? { type: 'not', of: deep(n - 1) } : { type: 'firstOrder' })
    expect(book(rule({ when: [deep(15)] })).ok).toBe(true)
    expect(book(rule({ when: [deep(16)] })).ok).toBe(false)
  })
  it('a million nested conditions, without running out of stack', () => {
    let when: object = { type: 'firstOrder' }
    for (let i = 0; i < 2000; i++) when = { type: 'not', of: when }
    expect(book(rule({ when: [when] })).ok).toBe(false)
    const deep = `{"kind":"promotion","effects":[],"when":${'['.repeat(1_000_000)}`
    expect(book(['r', deep])).toMatchObject({ issues: [{ code: 'too-large' }] })
  })
})

describe('the schema', () => {
  it('accepts the rules that compile accepts, but those with a key that changes nothing', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const { rules } = randomCase(seed)
      for (const [, json] of toRows({ rules })) {
        const rule = JSON.parse(json) as Rule
        expect(ruleSchema.safeParse(rule).success, json).toBe(idleKey(rule) === undefined)
      }
      expect(compile({ release: 1, currency: 'CNY', prices: () => undefined, rules: toRows({ rules }), parts: [tax] }).ok).toBe(true)
    }
  })
  it('refuses what compile refuses', () => {
    for (const body of [{ kind: 'lottery' }, { maxPerDay: 1 }, { effects: [{ type: 'amountOff', per: 'order', amount: -1 }] }, { funding: { brand: 99 } }])
      expect(ruleSchema.safeParse({ kind: 'promotion', effects: [], ...body }).success).toBe(false)
  })
  it('is written as JSON Schema', () => {
    expect(ruleJsonSchema()).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' })
    expect(JSON.stringify(ruleJsonSchema())).toContain('everyAmountOff')
  })
})
