import { compile, explain } from '@omokit/rules'
import type { BookRule, PriceRow, Rule } from '@omokit/rules'
import { idleKey, ruleSchema } from '@omokit/rules/schema'
import { tax } from '@omokit/rules/tax'
import { describe, expect, it } from 'vitest'
import { randomCase } from './random-book'
import type { RandomCase } from './random-book'

const promotion = (...effects: readonly object[]): object => ({ kind: 'promotion', effects })
const off = (more: object): object => promotion({ type: 'percentOff', on: 'order', percent: 5, ...more })
const less = (per: string, more: object): object => promotion({ type: 'amountOff', per, amount: 5, ...more })

describe('a key that changes nothing is refused where a rule is published, with its path', () => {
  it.each<readonly [path: string, rule: object]>([
    ['effects.0.measure', off({ measure: 'qty' })],
    ['effects.0.maxUnits', off({ maxUnits: 2 })],
    ['effects.0.roundPer', off({ roundPer: 'unit' })],
    ['effects.0.filter', off({ on: 'shipping', filter: { skus: ['a'] } })],
    ['effects.0.percent', off({ tiers: [{ from: 0, percent: 9 }] })],
    ['effects.0.tiers', off({ tiers: [] })],
    ['effects.0.tiers.0.percent', off({ tiers: [{ from: 9, percent: 9, amount: 9 }] })],
    [
      'effects.0.tiers.1.amount',
      off({
        on: 'lines',
        tiers: [
          { from: 1, percent: 9 },
          { from: 9, percent: 9, amount: 9 },
        ],
      }),
    ],
    ['effects.0.maxUnits', less('line', { maxUnits: 1 })],
    ['effects.0.maxUnits', less('order', { maxUnits: 1 })],
    ['effects.0.maxUnits', less('shipping', { maxUnits: 1 })],
    ['effects.0.filter', less('shipping', { filter: {} })],
    ['effects.0.tiers.0.percent', less('unit', { tiers: [{ from: 9, percent: 9 }] })],
    ['effects.0.tiers.0.cap', less('qty', { tiers: [{ from: 9, amount: 9, cap: 3 }] })],
    ['effects.0.percent', promotion({ type: 'unitGroups', size: 2, amount: 5, percent: 5 })],
    ['effects.0.tiers.0.cap', promotion({ type: 'unitGroups', size: 2, tiers: [{ from: 9, amount: 9, cap: 3 }] })],
    ['effects.1.tiers.0.percent', promotion({ type: 'gift', sku: 'a', qty: 1 }, { type: 'tieredOff', tiers: [{ from: 9, amount: 9, percent: 9 }] })],
    ['percent', { kind: 'payment', methods: ['card'], amount: 5, percent: 5 }],
    ['codeUntil', { ...off({}), codeUntil: 5 }],
    ['overlay.amount', { ...off({}), overlay: { amount: [1, 2] } }],
    ['overlay.percent', { ...less('order', {}), overlay: { percent: [1, 2] } }],
    ['funding', { ...promotion({ type: 'gift', sku: 'a', qty: 1 }), funding: { store: 100 } }],
    ['budget', { ...promotion({ type: 'gift', sku: 'a', qty: 1 }), budget: 5 }],
  ])('%s of %j', (path, rule) => {
    expect(idleKey(rule as Rule)).toBe(path)
    const read = ruleSchema.safeParse(rule)
    expect(read.success || read.error.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })

  it.each<readonly [object]>([
    [off({ measure: 'qty', tiers: [{ from: 2, percent: 9, cap: 3 }], filter: { skus: ['a'] } })],
    [off({ on: 'shipping', filter: { skus: ['a'] }, tiers: [{ from: 2, amount: 9 }] })],
    [off({ on: 'lines', maxUnits: 2, roundPer: 'unit', cap: 9 })],
    [less('unit', { maxUnits: 2, filter: {} })],
    [less('order', { tiers: [{ from: 9, percent: 9, cap: 3 }] })],
    [{ ...off({}), codes: ['a'], codeUntil: 5, overlay: { percent: [1, 2], off: true }, exclusive: false }],
    [{ kind: 'payment', methods: ['card'], percent: 5, cap: 3 }],
  ])('none of %j', (rule) => {
    expect(idleKey(rule as Rule)).toBeUndefined()
    expect(ruleSchema.safeParse(rule).success).toBe(true)
  })
})

/** Everything a quote says, as text; undefined when the book is refused. */
function answer({ lists, basket, instant }: RandomCase, rules: readonly BookRule[]): string | undefined {
  const prices = (list: string, sku: string): PriceRow | undefined => lists[list]?.[sku]
  const book = compile({ release: 1, currency: 'CNY', rules: { rules }, prices, parts: [tax] })
  return book.ok ? JSON.stringify(explain(book.value, basket, instant)) : undefined
}

/** Without what stands at a path. */
function without<T>(from: T, [key = '', ...rest]: readonly string[]): T {
  if (Array.isArray(from)) return from.map((one: unknown, i) => (String(i) === key ? without(one, rest) : one)) as T
  return Object.fromEntries(
    Object.entries(from as object).flatMap(([name, one]) => (name !== key ? [[name, one]] : rest.length ? [[name, without(one, rest)]] : [])),
  ) as T
}

/** Paths of the keys of a rule, its effects and their tiers and parts; each with a name that is the same for all of its sort. */
function keysOf(rule: object, name: string, path: readonly string[] = []): readonly (readonly [name: string, path: readonly string[]])[] {
  return Object.entries(rule).flatMap(([key, one]) => {
    const at = [...path, key]
    const named = `${name}.${key}`
    if (Array.isArray(one) && typeof one[0] === 'object')
      return [
        [named, at] as const,
        ...(one as readonly object[]).flatMap((each, i) => keysOf(each, 'type' in each ? wayOf(each as Way) : named, [...at, String(i)])),
      ]
    return [[named, at] as const]
  })
}
interface Way {
  readonly type: string
  readonly on?: string
  readonly per?: string
}
const wayOf = (effect: Way): string => [effect.type, effect.on ?? effect.per].filter(Boolean).join(' ')

describe('of random books', () => {
  const seeds = Array.from({ length: 500 }, (_, i) => i + 1)
  const gives = (rule: BookRule): boolean => rule.kind === 'promotion' || rule.kind === 'coupon' || rule.kind === 'payment'

  const clean = (rule: BookRule): BookRule => {
    const key = idleKey(without(rule, ['id']))
    return key ? clean(without(rule, key.split('.'))) : rule
  }

  it('an idle key can go and every quote stays', () => {
    let idle = 0
    for (const seed of seeds) {
      const c = randomCase(seed)
      const rules = c.rules.map(clean)
      rules.forEach((rule, r) => (idle += Number(rule !== c.rules[r])))
      expect(answer(c, rules), String(seed)).toBe(answer(c, c.rules))
    }
    expect(idle).toBeGreaterThan(100)
  })

  it('every other key of a rule that gives something counts in one of them', () => {
    const seen = new Set<string>()
    const counts = new Set<string>()
    const missing = (): readonly string[] => [...seen].filter((name) => !counts.has(name)).sort()
    for (let seed = 1; seed <= 6000 && (seed <= 500 || missing().length); seed++) {
      // the effects that have most keys are looked at longest
      const c = randomCase(seed, seed > 500 ? (seed % 4 ? ['percentOff', 'amountOff'] : ['nForPrice']) : undefined)
      const rules = c.rules.map(clean)
      let whole: string | undefined
      rules.forEach((rule, r) => {
        if (!gives(rule)) return
        for (const [name, path] of keysOf(rule, rule.kind)) {
          if (counts.has(name) || path[0] === 'id') continue
          seen.add(name)
          whole ??= answer(c, rules)
          const other = answer(
            c,
            rules.map((one, i) => (i === r ? without(one, path) : one)),
          )
          // one the book cannot do without counts too
          if (other !== whole) counts.add(name)
        }
      })
    }
    expect(missing()).toEqual([])
    expect(seen.size).toBeGreaterThan(90)
  })
})
