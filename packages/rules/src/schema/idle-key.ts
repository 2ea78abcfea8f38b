import type { Effect, Rule, Tier } from '../rule-book'
import { checkOf } from '../shape'

/**
 * Path of the first key of a rule that changes no quote, whatever the basket: who wrote it expects something of it. Undefined when
 * every key counts, or when the rule is one that `compile` does not accept. A key that says what holds without it (`exclusive:
 * false`) counts.
 *
 * @example
 * ```ts
 * idleKey({ kind: 'promotion', effects: [{ type: 'amountOff', per: 'line', amount: 300, maxUnits: 2 }] }) // 'effects.0.maxUnits'
 * ```
 */
export function idleKey(rule: Rule): string | undefined {
  if (checkOf('@')(rule) !== true) return undefined
  if (rule.kind === 'payment') return twice(rule)
  if (rule.kind !== 'promotion' && rule.kind !== 'coupon') return undefined
  const { effects, overlay = {} } = rule
  for (const [i, effect] of effects.entries()) {
    const key = idleInEffect(effect)
    if (key) return `effects.${i}.${key}`
  }
  if (rule.kind === 'promotion' && rule.codeUntil !== undefined && !rule.codes) return 'codeUntil'
  for (const key of ['amount', 'percent'] as const) if (overlay[key] && !effects.some((effect) => key in effect)) return `overlay.${key}`
  if (effects.length && effects.every(({ type }) => type === 'gift')) return (['funding', 'budget'] as const).find((key) => rule[key] !== undefined)
  return undefined
}

/** Everything an effect may say that does not count everywhere. */
type Anywhere = Partial<Record<'filter' | 'measure' | 'maxUnits' | 'roundPer' | 'amount' | 'percent', unknown>> & { readonly tiers?: readonly Tier[] }

function idleInEffect(effect: Effect): string | undefined {
  const { tiers, ...said } = effect as Anywhere
  const way = 'on' in effect ? effect.on : 'per' in effect ? effect.per : ''
  const idle: (keyof typeof said)[] = []
  if (!tiers) idle.push('measure')
  if (!tiers && way === 'shipping') idle.push('filter')
  if (way === 'order' || way === 'shipping') idle.push('maxUnits', 'roundPer')
  if (way === 'line') idle.push('maxUnits')
  // a tier from 0 is always reached
  if (tiers?.some(({ from }) => from === 0)) idle.push('amount', 'percent')
  return idle.find((key) => said[key] !== undefined) ?? twice(said) ?? idleInTiers(effect.type, way, tiers)
}

function idleInTiers(type: Effect['type'], way: string, tiers: readonly Tier[] | undefined): string | undefined {
  if (tiers && !tiers.length && type !== 'tieredOff') return 'tiers'
  const whole = type === 'tieredOff' || way === 'order' || way === 'shipping'
  const idle: (keyof Tier)[] = whole ? [] : type === 'percentOff' ? ['amount'] : type === 'unitGroups' ? ['cap'] : ['percent', 'cap']
  for (const [i, tier] of (tiers ?? []).entries()) {
    const key = idle.find((one) => tier[one] !== undefined) ?? twice(tier)
    if (key) return `tiers.${i}.${key}`
  }
  return undefined
}

/** An amount holds over a percent. */
const twice = ({ amount, percent }: { readonly amount?: unknown; readonly percent?: unknown }): 'percent' | undefined =>
  amount !== undefined && percent !== undefined ? 'percent' : undefined
