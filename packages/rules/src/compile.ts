import { accept, isAmount, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'
import { lineFilter } from './line-filter'
import type { LineFilter } from './line-filter'
import { ratio } from './ratio'
import type { Ratio } from './ratio'
import type { BookRule, Condition, Effect, Filter, Rule, RuleBook, RuleRow, SettingsRule, Window } from './rule-book'
import type { RulePart } from './rule-part'
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
  /** Kinds of rules beyond the common ones: `tax` of `@omokit/rules/tax`. A row of a kind that is not given refuses the book. */
  readonly parts?: readonly RulePart[]
}

/** A book made ready for `quote`: immutable, to be kept as long as the release stands. Its insides are not an interface. */
export interface CompiledBook {
  readonly release: number
  readonly currency: string
  readonly prices: PriceSource
  readonly lists: ReadonlySet<string> | undefined
  readonly settings: Partial<SettingsRule>
  /** The part that understands the book's tax rows, when it has any. */
  readonly tax: RulePart | undefined
  /** Rules by kind, in run order. */
  readonly rules: Readonly<Record<Rule['kind'], readonly BoundRule[]>>
  /** Of each promotion, dense so that those that cannot apply are not looked at: its `only`, and the least basket it asks for. */
  readonly onlys: readonly number[]
  readonly leasts: readonly number[]
  /** Promotions that run alone, in run order. */
  readonly exclusive: readonly BoundRule[]
  /** By store, then id: promotions as the store's overlays make them. */
  readonly overlaid: ReadonlyMap<string, ReadonlyMap<string, BoundRule>>
  readonly filters: readonly LineFilter[]
  /** Numbers of the filters that name a SKU, and of those that name a tag. */
  readonly bySku: ReadonlyMap<string, readonly number[]>
  readonly byTag: ReadonlyMap<string, readonly number[]>
}

/** Any rule, condition, effect, tier or item made ready: what it says, and what was left out filled in. */
export interface Bound {
  /** Number of its filter, -1 for every line. */
  readonly f: number
  readonly rate: Ratio | undefined
  readonly amount?: number
  /** Without limit: Infinity. */
  readonly cap: number
  readonly maxTimes: number
  readonly maxUnits: number
}

/** A rule, with its conditions and effects bound to filters. */
export interface BoundRule extends Bound {
  readonly id: string
  readonly kind: Rule['kind'] | 'points'
  readonly when: readonly BoundCondition[]
  readonly effects: readonly BoundEffect[]
  /** Whether time, channel, store, codes or limits need a look. */
  readonly gated: boolean
  /** Number of an indexed filter: without a line in it the rule can take nothing; -1 when there is none. */
  readonly only: number
  readonly gifts: readonly { readonly rule: string; readonly sku: string; readonly qty: number }[]
  /** Percents of brand, store, partner, platform. */
  readonly shares: readonly number[] | undefined
  /** Taken out by the store's overlay. */
  readonly off?: boolean
  readonly stage: number
  readonly priority?: number
  readonly order?: number
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
  readonly budget?: number
  readonly stackable?: boolean
  readonly notWithMemberPrice?: boolean
  readonly points: number
  readonly worth: number
  readonly step: number
  readonly maxPercent: number
  readonly per: number
  readonly multiplier?: number
  readonly multiplierAfterFloor?: boolean
  readonly unit: number
  readonly mode: string
  readonly scope?: string
  /** Name of a price list. */
  readonly list: string
}

/** A condition bound to its filter. */
export interface BoundCondition extends Bound {
  readonly type: Condition['type']
  /** One for `not`, several for `all` and `any`. */
  readonly of: BoundCondition | readonly BoundCondition[]
  readonly amount: number
  readonly qty: number
  readonly joined: number
  readonly n: number
  readonly basis?: string
  readonly anyOf: readonly string[]
  readonly zone: Window['zone']
}

/** Which units, and how many. */
export type BoundItem = Pick<Bound, 'f' | 'rate'> & { readonly qty: number }

/** An effect bound to its filters. */
export interface BoundEffect extends Bound {
  readonly type: Effect['type']
  readonly on?: string
  readonly per?: string
  readonly tiers?: readonly (Bound & { readonly from: number })[]
  readonly items: readonly BoundItem[]
  readonly price: number
  readonly every: number
  readonly n: number
  readonly repeat?: boolean
  readonly size: number
  readonly buy: number | BoundItem
  readonly get: number | BoundItem
  readonly first: number
  readonly next: number
  readonly measure?: string
  readonly roundPer?: string
  readonly by?: string
  readonly scope?: string
  readonly pick?: string
}

/** A rule whose shape was checked: every key any of them may have. */
interface Parsed {
  readonly id: string
  readonly kind: Rule['kind']
  readonly optional?: boolean
  readonly rule: string
  readonly store: string
  readonly overlay?: Readonly<Record<string, false | readonly [number, number]>>
  readonly notWithMemberPrice?: boolean
  readonly stage?: number
  readonly methods?: readonly string[]
  readonly atLeast?: number
  readonly when?: readonly object[]
  readonly effects?: readonly { readonly type: string; readonly sku: string; readonly qty: number }[]
  readonly notTags?: readonly string[]
  readonly filter?: Filter
  readonly funding?: Partial<Funding>
  readonly [key: string]: unknown
}

/**
 * Makes a rule book ready. Refuses the whole book rather than price it wrong: a rule, condition, effect or key this version
 * does not know (`unknown-rule`, unless the rule says `optional`; a tax never may), a malformed one (`invalid`, `malformed`), one id or the settings
 * twice (`duplicate-key`), an overlay outside the limits its promotion grants (`invalid`), more than 20,000 rules or 64 kB of one
 * (`too-many`, `too-large`). `path` names the rule, or its place while it has no id. An option that is not what it should be is
 * `invalid` too, with its name.
 */
export function compile(options: CompileOptions): Result<CompiledBook> {
  const { release, currency, prices, rules, lists, parts = [] } = Object(options) as CompileOptions
  const rows = Array.isArray(rules) ? (rules as readonly RuleRow[]) : (Object(rules) as RuleBook).rules
  const sound: Readonly<Record<string, boolean>> = {
    release: isAmount(release),
    prices: isCompiled({ prices }),
    rules: Array.isArray(rows),
    lists: !lists || Array.isArray(lists),
    parts: Array.isArray(parts) && parts.every((part) => part && typeof part.charge === 'function'),
  }
  for (const path in sound) if (!sound[path]) return refuse('invalid', { path })
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return refuse('unknown-currency')
  if (rows.length > 2e4) return refuse('too-many', { path: 'rules', have: rows.length, need: 2e4 })
  const read = new Map<string, Parsed>()
  let settings: Partial<SettingsRule> = {}
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as RuleRow | BookRule
    let id = 'rules.' + i
    let rule: Parsed
    try {
      const [name, text] = Array.isArray(row) ? (row as RuleRow) : [(row as BookRule).id, JSON.stringify(Object.assign({}, row, { id: undefined }))]
      if (typeof name !== 'string' || !/^[!-~]{1,64}$/.test(name)) return refuse('invalid', { path: id })
      id = name
      if (text.length > 65536) return refuse('too-large', { path: id, have: text.length, need: 65536 })
      rule = JSON.parse(typeof text === 'string' ? text : '') as Parsed
    } catch {
      return refuse('malformed', { path: id })
    }
    const part = parts.filter(({ kind }) => rule && kind === rule.kind)[0]
    let fault = checkOf(part ? part.shape : '@kind')(rule)
    if (fault === undefined && rule.funding && sharesOf(rule.funding).reduce((a, b) => a + b) !== 100) fault = '.funding'
    if (fault === undefined) {
      if (read.has(id) || (rule.kind === 'settings' && 'kind' in settings)) return refuse('duplicate-key', { path: id })
      if (rule.kind === 'settings') settings = rule as Partial<SettingsRule>
      read.set(id, rule)
    } else if (!rule || rule.optional !== true || rule.kind === 'tax') {
      const [at = '', have] = fault.split(unknownMark)
      return refuse(have ? 'unknown-rule' : 'invalid', Object.assign({ path: id + at }, have && { have }))
    }
  }

  const filters: LineFilter[] = []
  const bySku = new Map<string, number[]>()
  const byTag = new Map<string, number[]>()
  const numbers = new Map([['{}', -1]])
  const bind = (rule: Parsed, id: string): BoundRule => {
    const { kind, methods, atLeast, notTags, when = [], effects = [], funding } = rule
    const also = rule.notWithMemberPrice && settings.memberCoupon !== 'either-or' ? { notMemberPriced: true } : {}
    const number = (filter: unknown): number => {
      const full: Filter = Object.assign({}, filter, also)
      const name = JSON.stringify(full)
      let f = numbers.get(name)
      if (f === undefined) {
        numbers.set(name, (f = filters.push(lineFilter(full)) - 1))
        for (const key of new Set(full.skus || full.tags)) {
          const index = full.skus ? bySku : byTag
          index.set(key, (index.get(key) || []).concat(f))
        }
      }
      return f
    }
    /** The same with every object below it bound. */
    const node = (from: unknown): unknown => {
      if (Array.isArray(from)) return from.map(node)
      if (Object(from) !== from) return from
      const { filter, percent } = from as { readonly filter?: Filter; readonly percent?: number }
      const made: Record<string, unknown> = {
        f: number(filter),
        rate: percent === undefined ? percent : ratio(percent, 100),
        cap: Infinity,
        maxTimes: Infinity,
        maxUnits: Infinity,
      }
      for (const key in from as object) made[key] = node((from as Readonly<Record<string, unknown>>)[key])
      return made
    }
    const made = node(
      Object.assign({}, rule, {
        filter: notTags ? { notTags } : rule.filter,
        when: when.concat(methods ? { type: 'payment', anyOf: methods } : [], atLeast ? { type: 'subtotalAtLeast', amount: atLeast } : []),
        effects: kind === 'payment' ? [Object.assign({ on: 'order' }, rule)] : effects,
      }),
    ) as BoundRule
    const [{ f = -1, on, per } = {} as Partial<BoundEffect>, second] = made.effects
    const { skus, tags } = filters[f] || ({} as LineFilter)
    return Object.assign(made, {
      id,
      stage: rule.stage || 0,
      shares: funding && sharesOf(funding),
      gifts: effects.filter(({ type }) => type === 'gift').map(({ sku, qty }) => ({ rule: id, sku, qty })),
      gated: /"(from|until|window|channels|stores|codes|limits|off)"/.test(JSON.stringify(rule)),
      only: second || !(skus || tags) || on === 'shipping' || per === 'shipping' ? -1 : f,
    })
  }
  const byKind: Record<Rule['kind'], BoundRule[]> = {
    promotion: [],
    coupon: [],
    payment: [],
    burn: [],
    earn: [],
    tender: [],
    tax: [],
    prices: [],
    overlay: [],
    settings: [],
  }
  const overlaid = new Map<string, Map<string, BoundRule>>()
  for (const [id, rule] of read) {
    const { kind, store, rule: name } = rule
    byKind[kind].push(bind(rule, id))
    if (kind !== 'overlay') continue
    const target = read.get(name)
    if (!target) continue
    const changed = JSON.parse(JSON.stringify(target)) as { off?: unknown; effects: Record<string, unknown>[] } & Parsed
    for (const key of ['off', 'amount', 'percent']) {
      const have = rule[key] as number
      if (have === undefined) continue
      const limits = target.overlay && target.overlay[key]
      if (key === 'off' && limits !== false) changed.off = have
      else if (limits && have >= limits[0] && have <= limits[1]) changed.effects.forEach((e) => key in e && (e[key] = have))
      else return refuse('invalid', { path: id + '.' + key })
    }
    const here = overlaid.get(store) || new Map<string, BoundRule>()
    if (here.has(name)) return refuse('duplicate-key', { path: id })
    overlaid.set(store, here.set(name, bind(changed, name)))
  }
  const by = (a: BoundRule, b: BoundRule, key: 'priority' | 'order'): number => (a[key] || 0) - (b[key] || 0)
  for (const kind of Object.keys(byKind) as Rule['kind'][])
    byKind[kind].sort((a, b) => a.stage - b.stage || by(b, a, 'priority') || by(a, b, 'order') || (a.id < b.id ? -1 : 1))
  const tax = byKind.tax.length ? parts[0] : undefined
  const mixed = tax && tax.fault(byKind.tax)
  if (mixed) return refuse('invalid', { path: mixed })
  return accept({
    release,
    currency,
    prices,
    lists: lists && new Set(lists),
    settings,
    tax,
    rules: byKind,
    onlys: byKind.promotion.map(({ only }) => only),
    leasts: byKind.promotion.map(({ when: [first] }) => (first && first.type === 'subtotalAtLeast' && first.f < 0 && !first.basis ? first.amount : 0)),
    exclusive: byKind.promotion.filter(({ exclusive }) => exclusive),
    overlaid,
    filters,
    bySku,
    byTag,
  })
}

/** Whether a value is what `compile` made: unlike anything read from JSON it holds its price source. */
export const isCompiled = (book: Pick<CompiledBook, 'prices'>): boolean => typeof (Object(book) as typeof book).prices === 'function'

const sharesOf = ({ brand = 0, store = 0, partner = 0, platform = 0 }: Partial<Funding>): readonly number[] => [brand, store, partner, platform]
