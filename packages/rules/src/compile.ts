import { accept, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'
import { lineFilter } from './line-filter'
import type { LineFilter } from './line-filter'
import { ratio } from './ratio'
import type { Ratio } from './ratio'
import type { Condition, Effect, Filter, Rule, RuleBook, RuleRow, SettingsRule, Window } from './rule-book'
import { checkOf, unknownMark } from './shape'
import type { Funding, PriceSource } from './types'

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
  /** Rules by kind, in run order. */
  readonly rules: Readonly<Record<Exclude<Rule['kind'], 'settings'>, readonly BoundRule[]>>
  /** Promotions that run alone, in run order. */
  readonly exclusive: readonly BoundRule[]
  readonly filters: readonly LineFilter[]
  /** Numbers of the filters that name a SKU or a tag. */
  readonly bySku: ReadonlyMap<string, readonly number[]>
  readonly byTag: ReadonlyMap<string, readonly number[]>
}

/** Any rule, with its conditions and effects bound to filters. */
export interface BoundRule {
  readonly id: string
  readonly kind: 'promotion' | 'coupon' | 'payment' | 'burn' | 'earn' | 'tender' | 'overlay'
  readonly when: readonly BoundCondition[]
  readonly effects: readonly BoundEffect[]
  /** Whether time, channel, store, codes or limits need a look. */
  readonly gated: boolean
  /** Filters of its effects when each of them is indexed: without a line in one of them it can take nothing. */
  readonly needs: readonly number[] | undefined
  readonly gifts: readonly { readonly rule: string; readonly sku: string; readonly qty: number }[]
  /** Stores whose overlay took it out. */
  readonly offIn: readonly string[]
  /** For burn and earn: the lines that count, and maxPercent or multiplier. */
  readonly f: number
  readonly rate: Ratio | undefined
  readonly stage: number
  readonly priority: number
  readonly order: number
  readonly exclusive?: boolean
  readonly group?: string
  readonly from?: number
  readonly until?: number
  readonly window?: Window
  readonly channels?: readonly string[]
  readonly stores?: readonly string[]
  readonly codes?: readonly string[]
  readonly codeUntil?: number
  readonly limits?: { readonly total?: number; readonly perCustomer?: number }
  readonly budget: number
  /** Percents of brand, store, partner, platform. */
  readonly funding: readonly number[] | undefined
  readonly stackable?: boolean
  readonly notWithMemberPrice?: boolean
  readonly points: number
  readonly worth: number
  readonly step: number
  readonly per: number
  readonly unit: number
  readonly mode: string
  readonly scope?: string
  readonly multiplierAfterFloor?: boolean
}

/** A condition; `f` is its filter's number, -1 for every line. */
export interface BoundCondition {
  readonly type: Condition['type']
  readonly f: number
  readonly of: readonly BoundCondition[]
  readonly amount: number
  readonly qty: number
  readonly joined: number
  readonly n: number
  readonly basis?: string
  readonly anyOf: readonly string[]
  readonly zone: Window['zone']
}

/** An effect with what was left out filled in. */
export interface BoundEffect {
  readonly type: Effect['type']
  readonly f: number
  /** Where it acts: `on` or `per`. */
  readonly to?: string
  /** Ascending; the first, from -1, is what stands beside the tiers. */
  readonly tiers: readonly BoundTier[]
  readonly rate: Ratio
  readonly items: readonly { readonly f: number; readonly qty: number }[]
  readonly cap: number
  readonly maxTimes: number
  readonly maxUnits: number
  readonly amount: number
  readonly price: number
  readonly every: number
  readonly n: number
  readonly size: number
  readonly buy: number
  readonly get: number
  readonly first: number
  readonly next: number
  readonly measure?: string
  readonly roundPer?: string
  readonly by?: string
  readonly scope?: string
  readonly pick?: string
}

/** What holds from a measure on. */
export interface BoundTier {
  readonly from: number
  readonly amount: number | undefined
  readonly rate: Ratio | undefined
  readonly cap: number
}

/** A rule, condition or effect whose shape was checked: every key any of them may have. */
interface Parsed {
  readonly kind: BoundRule['kind'] | 'settings'
  readonly type: Effect['type'] | Condition['type']
  readonly optional?: boolean
  readonly off?: boolean
  readonly rule: string
  readonly store: string
  readonly exclusive?: boolean
  readonly notWithMemberPrice?: boolean
  readonly methods?: readonly string[]
  readonly atLeast?: number
  readonly when?: Parsed[]
  readonly effects?: readonly Parsed[]
  readonly notTags?: readonly string[]
  readonly multiplier?: number
  readonly maxPercent?: number
  readonly funding?: Partial<Funding>
  readonly filter?: Filter
  readonly of?: Parsed | readonly Parsed[]
  readonly on?: string
  readonly per?: string
  readonly from: number
  readonly amount?: number
  readonly percent?: number
  readonly cap?: number
  readonly sku?: string
  readonly qty: number
  readonly n?: number
  readonly repeat?: boolean
  readonly scope?: string
  readonly maxUnits?: number
  readonly price?: number
  readonly tiers?: readonly Parsed[]
  readonly items?: readonly Parsed[]
  readonly buy: Parsed
  readonly get: Parsed
}

/**
 * Makes a rule book ready. Refuses the whole book rather than price it wrong: a rule, condition, effect or key this version
 * does not know (`unknown-rule`, unless the rule says `optional`), a malformed one (`invalid`, `malformed`), one id twice
 * (`duplicate-key`), more than 20,000 rules or 64 kB of one (`too-many`, `too-large`). `path` names the rule.
 */
export function compile({ release, currency, prices, rules, lists }: CompileOptions): Result<CompiledBook> {
  if (!/^[A-Z]{3}$/.test(currency)) return refuse('unknown-currency')
  const byKind: Record<Parsed['kind'], BoundRule[]> = { promotion: [], coupon: [], payment: [], burn: [], earn: [], tender: [], overlay: [], settings: [] }
  const filters: LineFilter[] = []
  const bySku = new Map<string, number[]>()
  const byTag = new Map<string, number[]>()
  const numbers = new Map<string, number>()
  const read = new Map<string, Parsed>()
  const rows = Array.isArray(rules) ? (rules as readonly RuleRow[]) : (rules as RuleBook).rules
  if (rows.length > 20_000) return refuse('too-many', { path: 'rules', have: rows.length, need: 20_000 })
  for (const row of rows) {
    let id = ''
    let rule: Parsed
    try {
      let text: string
      if (Array.isArray(row)) [id, text] = row as RuleRow
      else {
        id = (row as { id: string }).id
        text = JSON.stringify(row, (key, value: unknown) => (key === 'id' ? undefined : value))
      }
      if (text.length > 65_536) return refuse('too-large', { path: id, have: text.length, need: 65_536 })
      rule = JSON.parse(text) as Parsed
    } catch {
      return refuse('malformed', { path: String(id) })
    }
    const fault = checkOf('@kind')(rule)
    if (!/^[!-~]{1,64}$/.test(id)) return refuse('invalid', { path: String(id) })
    if (read.has(id)) return refuse('duplicate-key', { path: id })
    if (fault === undefined) read.set(id, rule)
    else if (!rule || rule.optional !== true) {
      const [at = '', unknown = ''] = fault.split(unknownMark)
      return unknown ? refuse('unknown-rule', { path: id + at, have: unknown }) : refuse('invalid', { path: id + at })
    }
  }

  let settings: Partial<SettingsRule> = {}
  const offIn = new Map<string, string[]>()
  read.forEach((rule) => {
    if (rule.kind === 'settings') settings = rule as Partial<SettingsRule>
    if (rule.off) offIn.set(rule.rule, (offIn.get(rule.rule) || []).concat(rule.store))
  })

  read.forEach((rule, id) => {
    const { kind, methods, atLeast, when = [], effects = [], notTags, multiplier = 1, maxPercent, funding } = rule
    const notMemberPriced = !!rule.notWithMemberPrice && settings.memberCoupon !== 'either-or'
    const used: number[] = []
    let always = kind !== 'promotion' || !!rule.exclusive

    const number = (filter: Filter | undefined, taking?: boolean): number => {
      const full: Filter = notMemberPriced ? Object.assign({}, filter, { notMemberPriced }) : filter || {}
      const name = JSON.stringify(full)
      const index = full.skus ? bySku : byTag
      const keys = full.skus || full.tags
      let f = numbers.get(name)
      if (f === undefined) {
        const made = name === '{}' ? -1 : filters.push(lineFilter(full)) - 1
        numbers.set(name, (f = made))
        if (keys) new Set(keys).forEach((key) => index.set(key, (index.get(key) || []).concat(made)))
      }
      if (taking && keys) used.push(f)
      else if (taking) always = true
      return f
    }
    const condition = (c: Parsed): BoundCondition =>
      Object.assign({}, c, { f: number(c.filter), of: ([] as Parsed[]).concat(c.of || []).map(condition) }) as unknown as BoundCondition
    const tier = (t: Parsed, from: number, cap: number): BoundTier => ({
      from,
      amount: t.amount,
      rate: rate(t.percent),
      cap: t.cap === undefined ? cap : t.cap,
    })
    const effect = (e: Parsed): BoundEffect => {
      const { cap = Infinity, tiers = [], n = 1 } = e
      let { type } = e
      let rest: object = e
      if (type === 'nthPercent') {
        // Every nth of the ranking is the last of a group that buys n - 1 and gets one.
        type = 'buyXGetY'
        rest = { buy: n - 1, get: 1, pick: 'group', maxTimes: e.repeat === false ? 1 : Infinity, scope: e.scope }
      }
      if (type === 'addOn') {
        type = 'nForPrice'
        rest = { n: 1, maxTimes: e.maxUnits || 1, price: e.price }
      }
      const pair = type === 'buyGet' ? [e.buy, e.get] : e.items
      const to = type === 'tieredOff' || type === 'everyAmountOff' ? 'order' : e.on || e.per
      if (to === 'shipping' || type === 'gift') always = true
      return Object.assign({ maxTimes: Infinity, maxUnits: Infinity }, rest, {
        type,
        f: number(e.filter, !pair),
        to,
        cap,
        rate: rate(type === 'buyGet' ? e.get.percent : e.percent) || ratio(1),
        items: (pair || []).map((item) => ({ qty: item.qty, f: number(item.filter, true) })),
        tiers: [tier(e, -1, cap)].concat(tiers.map((t) => tier(t, t.from, cap)).sort((a, b) => a.from - b.from)),
      }) as unknown as BoundEffect
    }
    if (methods) when.push({ type: 'payment', anyOf: methods } as unknown as Parsed)
    if (atLeast) when.push({ type: 'subtotalAtLeast', amount: atLeast } as Parsed)
    const bound = Object.assign({ stage: 0, priority: 0, order: 0, budget: Infinity }, rule, {
      id,
      when: when.map(condition),
      effects: (kind === 'payment' ? [Object.assign({}, rule, { type: 'tieredOff' as const })] : effects).map(effect),
      f: number(notTags && { notTags }),
      rate: kind === 'earn' ? ratio(multiplier) : rate(maxPercent),
      funding: funding && [funding.brand || 0, funding.store || 0, funding.partner || 0, funding.platform || 0],
      gifts: effects.filter(({ type }) => type === 'gift').map(({ sku, qty }) => ({ rule: id, sku, qty })),
      offIn: offIn.get(id) || [],
      gated: offIn.has(id) || ['from', 'until', 'window', 'channels', 'stores', 'codes', 'limits'].some((key) => key in rule),
    })
    byKind[kind].push(Object.assign(bound, { needs: always ? undefined : used }) as unknown as BoundRule)
  })
  for (const kind of Object.keys(byKind) as Parsed['kind'][])
    byKind[kind].sort((a, b) => a.stage - b.stage || b.priority - a.priority || a.order - b.order || (a.id < b.id ? -1 : 1))
  return accept({
    release,
    currency,
    prices,
    lists: lists && new Set(lists),
    settings,
    rules: byKind,
    exclusive: byKind.promotion.filter((rule) => rule.exclusive),
    filters,
    bySku,
    byTag,
  })
}

const rate = (percent: number | undefined): Ratio | undefined => (percent === undefined ? undefined : ratio(percent, 100))
