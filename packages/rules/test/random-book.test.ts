import { describe, expect, it } from 'vitest'
import type { BookRule } from '@omokit/rules'
import { randomCase } from './random-book'
import { keysOf, schemaKeys } from './schema-keys'
import { firstAnswer } from './two-answers'

const seeds = 4000

interface Seen {
  /** How often each key of the schema stood in a rule that did something: took, gave, earned, rounded, or stopped another. */
  readonly keys: ReadonlyMap<string, number>
  /** How often each reason was given. */
  readonly reasons: ReadonlyMap<string, number>
}

function see(): Seen {
  const seenKeys = new Map<string, number>()
  const reasons = new Map<string, number>()
  const count = (map: Map<string, number>, one: string): void => void map.set(one, (map.get(one) ?? 0) + 1)
  for (let seed = 1; seed <= seeds; seed++) {
    const c = randomCase(seed)
    const { applied, rejected, gifts, earned, pay, total, taxes } = firstAnswer(c)
    for (const [, code] of rejected) count(reasons, code)
    const amounts = new Map(applied.map(([id, amount]) => [id, amount]))
    const gave = new Set(gifts.map(([id]) => id))
    const did = (rule: BookRule): boolean => {
      if (rule.kind === 'settings') return applied.length > 0
      if (rule.kind === 'overlay' || rule.kind === 'prices') return firstAnswer({ ...c, rules: c.rules.filter((one) => one !== rule) }).total !== total
      if (rule.kind === 'earn') return earned > 0
      if (rule.kind === 'tender') return pay !== total + (taxes?.added ?? 0)
      if (rule.kind === 'tax')
        return taxes !== undefined && firstAnswer({ ...c, rules: c.rules.filter((one) => one !== rule) }).taxes?.all !== taxes.all && taxes.all > 0
      return (amounts.get(rule.id) ?? 0) > 0 || gave.has(rule.id)
    }
    const keys = new Set<string>()
    for (const rule of c.rules) {
      if (!did(rule)) continue
      // Which of several effects took something is not told.
      const told = 'effects' in rule && rule.effects.length > 1 ? { ...rule, effects: [] } : rule
      for (const key of keysOf(told)) keys.add(key)
    }
    for (const key of keys) count(seenKeys, key)
  }
  return { keys: seenKeys, reasons }
}

describe('random books', () => {
  const { keys, reasons } = see()
  /** Says nothing to a price: `optional` speaks to other readers, of a set only the part that is got has a percentage. */
  const silent = /\.optional$|^(buy|items)\.percent$/
  /** The choices that hold when nothing is said. */
  const unsaid = /rounding=half-up|combine=all|memberCoupon=skip-lines|basis=residual|measure=subtotal|scope=all/

  it('say everything a rule may say, in rules that do something', () => {
    const rare = [...schemaKeys()].filter((key) => !silent.test(key) && !unsaid.test(key) && (keys.get(key) ?? 0) < 3)
    expect(rare.map((key) => `${key} ${keys.get(key) ?? 0}`)).toEqual([])
  })

  it('are refused for every reason', () => {
    const known =
      'not-started expired outside-window channel store code-missing code-expired limit-total limit-per-customer excluded-by-exclusive same-group ' +
      'condition-failed budget-exceeded no-effect not-best member-price coupon-limit not-stackable unknown-coupon'
    expect(known.split(' ').filter((code) => (reasons.get(code) ?? 0) < 5)).toEqual([])
  })
})
