import { accept, currencyDigits, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'
import { lineFilter } from './line-filter'
import type { LineFilter } from './line-filter'
import { ratio } from './ratio'
import type { Ratio } from './ratio'
import type { BookRule, BurnRule, Condition, CouponRule, EarnRule, Effect, Filter, PaymentRule, PromotionRule, Rule, RuleBook, RuleRow, SettingsRule, TenderRule, Tier } from './rule-book'
import { rule as checkRule, unknownMark } from './shape'
import type { PriceSource } from './types'

/** What {@link compile} takes: the books of one release. */
export interface CompileOptions {
  /** Version of the release, echoed in every quote. */
  readonly release: number
  /** ISO 4217. */
  readonly currency: string
  readonly prices: PriceSource
  /** Rows of the rule book as published, or a book written by hand. */
  readonly rules: readonly RuleRow[] | RuleBook
  /** Names of the price lists the release has, when known: others are not asked for. */
  readonly lists?: readonly string[]
}

/** A book made ready for `quote`: immutable, to be kept as long as the release stands. Its insides are not an interface. */
export interface CompiledBook {
  readonly release: number
  readonly currency: string
  readonly prices: PriceSource
  readonly lists: ReadonlySet<string> | undefined
  readonly settings: Partial<SettingsRule>
  /** In run order. */
  readonly promotions: readonly Compiled<PromotionRule>[]
  readonly coupons: ReadonlyMap<string, Compiled<CouponRule>>
  readonly payments: readonly Compiled<PaymentRule>[]
  readonly burns: readonly Compiled<BurnRule>[]
  readonly earns: readonly Compiled<EarnRule>[]
  readonly tenders: readonly Compiled<TenderRule>[]
  /** Rules taken out by store: `store` → ids. */
  readonly off: ReadonlyMap<string, ReadonlySet<string>>
  readonly filters: readonly LineFilter[]
  readonly bySku: ReadonlyMap<string, readonly number[]>
  readonly byTag: ReadonlyMap<string, readonly number[]>
  readonly hasExclusive: boolean
}

/** A rule with its conditions and effects bound to filters. */
export interface Compiled<R> {
  readonly id: string
  readonly rule: R
  readonly when: readonly BoundCondition[]
  readonly effects: readonly BoundEffect[]
  /** Whether channel, store, time, codes or limits need a look. */
  readonly gated: boolean
  /** Filters of its effects when each of them is indexed: without a line in one of them it can take nothing. */
  readonly needs: readonly number[] | undefined
  readonly notTags: ReadonlySet<string> | undefined
  readonly ratio: Ratio | undefined
}

/** A condition; `f` is the filter's number, -1 for every line. */
export interface BoundCondition {
  readonly c: Condition
  readonly f: number
  readonly of: readonly BoundCondition[]
}

/** An effect; `f` and `g` are its filters' numbers, tiers ascend. */
export interface BoundEffect {
  readonly e: Effect
  readonly f: number
  readonly g: number
  readonly fs: readonly number[]
  readonly percent: Ratio | undefined
  readonly amount: number | undefined
  readonly tiers: readonly BoundTier[] | undefined
}

export interface BoundTier {
  readonly from: number
  readonly amount: number | undefined
  readonly percent: Ratio | undefined
  readonly cap: number | undefined
}

const maxRules = 20_000
const maxText = 65_536

/**
 * Makes a rule book ready. Refuses the whole book rather than price it wrong: a rule, condition, effect or key this version
 * does not know (`unknown-rule`, unless the rule says `optional`), a malformed one (`invalid`), one id twice (`duplicate-key`),
 * more than 20,000 rules or 64 kB of one (`too-many`, `too-large`). `path` names the rule.
 */
export function compile(options: CompileOptions): Result<CompiledBook> {
  if (currencyDigits(options.currency) === undefined) return refuse('unknown-currency', { have: String(options.currency).slice(0, 20) })
  const read = readRules(options.rules)
  if (!read.ok) return read
  return accept(bind(options, read.value))
}

function readRules(book: readonly RuleRow[] | RuleBook): Result<readonly BookRule[]> {
  const listed = Array.isArray(book) ? undefined : (book as RuleBook).rules
  const rows = listed ?? (book as readonly RuleRow[])
  if (!Array.isArray(rows)) return refuse('invalid', { path: 'rules' })
  if (rows.length > maxRules) return refuse('too-many', { path: 'rules', have: rows.length, need: maxRules })
  const seen = new Set<string>()
  const rules: BookRule[] = []
  let settings = 0
  for (const row of rows as readonly unknown[]) {
    let id: unknown
    let body: unknown
    if (listed) {
      if (typeof row !== 'object' || row === null) return refuse('invalid', { path: 'rules' })
      const { id: name, ...rest } = row as BookRule
      id = name
      body = rest
    } else {
      const pair = row as RuleRow
      id = Array.isArray(pair) ? pair[0] : undefined
      if (typeof id !== 'string' || typeof pair[1] !== 'string') return refuse('invalid', { path: String(id) })
      if (pair[1].length > maxText) return refuse('too-large', { path: id, have: pair[1].length, need: maxText })
      try {
        body = JSON.parse(pair[1])
      } catch {
        return refuse('malformed', { path: id })
      }
    }
    if (typeof id !== 'string' || !/^[!-~]{1,64}$/.test(id)) return refuse('invalid', { path: String(id).slice(0, 80) })
    if (seen.has(id)) return refuse('duplicate-key', { path: id })
    seen.add(id)
    const fault = checkRule(body)
    if (fault !== undefined) {
      if (typeof body === 'object' && body !== null && (body as { optional?: unknown }).optional === true) continue
      const mark = fault.indexOf(unknownMark)
      return mark >= 0 ? refuse('unknown-rule', { path: id + fault.slice(0, mark), have: fault.slice(mark + 1) }) : refuse('invalid', { path: id + fault })
    }
    const rule = body as Rule
    if (rule.kind === 'settings' && settings++) return refuse('duplicate-key', { path: id })
    rules.push({ id, ...rule })
  }
  return accept(rules)
}

function bind(options: CompileOptions, rules: readonly BookRule[]): CompiledBook {
  const filters: LineFilter[] = []
  const numbers = new Map<string, number>()
  const bySku = new Map<string, number[]>()
  const byTag = new Map<string, number[]>()
  const indexed: boolean[] = []
  let settings: Partial<SettingsRule> = {}
  const overlaid = new Set<string>()
  for (const rule of rules) {
    if (rule.kind === 'settings') settings = rule
    if (rule.kind === 'overlay') overlaid.add(rule.rule)
  }

  const number = (filter: Filter | undefined, member: boolean): number => {
    if (member) filter = { ...filter, notMemberPriced: true }
    if (!filter || Object.keys(filter).length === 0) return -1
    const name = JSON.stringify(filter)
    const known = numbers.get(name)
    if (known !== undefined) return known
    const f = filters.length
    numbers.set(name, f)
    filters.push(lineFilter(filter))
    const keys = filter.skus ?? filter.tags
    const index = filter.skus ? bySku : byTag
    indexed.push(!!keys)
    for (const key of keys ?? []) {
      const at = index.get(key)
      if (!at) index.set(key, [f])
      else if (at[at.length - 1] !== f) at.push(f)
    }
    return f
  }

  const condition = (c: Condition, member: boolean): BoundCondition => {
    const of = c.type === 'all' || c.type === 'any' ? c.of : c.type === 'not' ? [c.of] : []
    return { c, f: 'filter' in c || member ? number('filter' in c ? c.filter : undefined, member) : -1, of: of.map((inner) => condition(inner, member)) }
  }

  const effect = (e: Effect, member: boolean): BoundEffect => {
    const any = e as { filter?: Filter; percent?: number; amount?: number; tiers?: readonly Tier[]; items?: readonly { filter?: Filter }[] }
    const percent = e.type === 'buyGet' ? (e.get.percent ?? 100) : e.type === 'buyXGetY' ? (e.percent ?? 100) : any.percent
    return {
      e,
      f: number(e.type === 'buyGet' ? e.buy.filter : any.filter, member),
      g: e.type === 'buyGet' ? number(e.get.filter, member) : -1,
      fs: (any.items ?? []).map((item) => number(item.filter, member)),
      percent: percent === undefined ? undefined : ratio(percent, 100),
      amount: any.amount,
      tiers: any.tiers
        ?.map((tier) => ({ from: tier.from, amount: tier.amount, percent: tier.percent === undefined ? undefined : ratio(tier.percent, 100), cap: tier.cap }))
        .sort((a, b) => a.from - b.from),
    }
  }

  const bound = <R extends Exclude<Rule, { kind: 'overlay' | 'settings' }>>(rule: R & { id: string }): Compiled<R> => {
    const member = (rule as Partial<CouponRule>).notWithMemberPrice === true && settings.memberCoupon !== 'either-or'
    const effects = 'effects' in rule ? rule.effects.map((e) => effect(e, member)) : []
    const used: number[] = []
    let always = rule.kind !== 'promotion' || rule.exclusive === true
    for (const { e, f, g, fs } of effects) {
      const on = e.type === 'percentOff' ? e.on : e.type === 'amountOff' ? e.per : e.type === 'gift' ? 'shipping' : ''
      if (on === 'shipping') always = true
      for (const one of e.type === 'bundlePrice' ? fs : e.type === 'buyGet' ? [f, g] : [f]) {
        if (one >= 0 && indexed[one]) used.push(one)
        else always = true
      }
    }
    const gate = rule as Partial<PromotionRule>
    return {
      id: rule.id,
      rule,
      when: (rule.when ?? []).map((c) => condition(c, member)),
      effects,
      gated:
        overlaid.has(rule.id) || gate.from !== undefined || gate.until !== undefined || !!(gate.window ?? gate.channels ?? gate.stores ?? gate.codes ?? gate.limits) || gate.budget !== undefined,
      needs: always ? undefined : used,
      notTags: 'notTags' in rule && rule.notTags ? new Set(rule.notTags) : undefined,
      ratio: rule.kind === 'payment' ? (rule.percent === undefined ? undefined : ratio(rule.percent, 100)) : rule.kind === 'burn' ? ratio(rule.maxPercent, 100)
        : rule.kind === 'earn' ? ratio(rule.multiplier ?? 1) : undefined,
    }
  }

  const sorted = rules.slice().sort(before)
  const promotions: Compiled<PromotionRule>[] = []
  const coupons = new Map<string, Compiled<CouponRule>>()
  const payments: Compiled<PaymentRule>[] = []
  const burns: Compiled<BurnRule>[] = []
  const earns: Compiled<EarnRule>[] = []
  const tenders: Compiled<TenderRule>[] = []
  const off = new Map<string, Set<string>>()
  for (const rule of sorted) {
    if (rule.kind === 'promotion') promotions.push(bound(rule))
    else if (rule.kind === 'coupon') coupons.set(rule.id, bound(rule))
    else if (rule.kind === 'payment') payments.push(bound(rule))
    else if (rule.kind === 'burn') burns.push(bound(rule))
    else if (rule.kind === 'earn') earns.push(bound(rule))
    else if (rule.kind === 'tender') tenders.push(bound(rule))
    else if (rule.kind === 'overlay' && rule.off) {
      const out = off.get(rule.store) ?? new Set<string>()
      off.set(rule.store, out.add(rule.rule))
    }
  }
  return {
    release: options.release,
    currency: options.currency,
    prices: options.prices,
    lists: options.lists && new Set(options.lists),
    settings,
    promotions,
    coupons,
    payments,
    burns,
    earns,
    tenders,
    off,
    filters,
    bySku,
    byTag,
    hasExclusive: promotions.some((p) => p.rule.exclusive === true),
  }
}

/** Run order: stage, then higher priority, then lower `order`, then id by code unit. */
function before(a: BookRule, b: BookRule): number {
  const x = a as Partial<PromotionRule> & { id: string }
  const y = b as Partial<PromotionRule> & { id: string }
  return (x.stage ?? 0) - (y.stage ?? 0) || (y.priority ?? 0) - (x.priority ?? 0) || (x.order ?? 0) - (y.order ?? 0) || (x.id < y.id ? -1 : 1)
}
