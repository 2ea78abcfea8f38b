import { accept, isAmount, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'
import { lineFilter } from './line-filter'
import type { LineFilter } from './line-filter'
import { ratio } from './ratio'
import type { Ratio } from './ratio'
import type { BookRule, Condition, Effect, Filter, Rule, RuleBook, RuleRow, SettingsRule, Window } from './rule-book'
import type { RulePart } from './rule-part'
import { checkOf, unknownMark } from './shape'
import { sum } from './sum'
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
  readonly settings: Settings
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
  /** Numbers of the filters that name a SKU, of those that name a tag, and of the rest. */
  readonly index: Readonly<Record<'skus' | 'tags', ReadonlyMap<string, readonly number[]>>> & { readonly rest: readonly number[] }
}

/** Methods of the book, with the defaults. */
type Settings = Required<Pick<SettingsRule, 'allocation' | 'rounding' | 'combine'>> & Pick<SettingsRule, 'maxCoupons' | 'memberCoupon'>

/** Any rule, condition, effect, tier or item made ready: what it says, and what was left out filled in. */
export interface Bound {
  /** Of the rule. */
  readonly id: string
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
  readonly kind: Rule['kind'] | 'points'
  readonly when: readonly BoundCondition[]
  readonly effects: readonly BoundEffect[]
  /** Number of an indexed filter: without a line in it the rule can take nothing; -1 when there is none. */
  readonly only: number
  readonly gifts: readonly BoundEffect[]
  /** Percents of brand, store, partner, platform. */
  readonly funding: readonly number[] | undefined
  /** Taken out by the store's overlay. */
  readonly off?: boolean
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
  readonly methods?: readonly string[]
  readonly atLeast?: number
  readonly codeUntil?: number
  readonly limits?: { readonly total?: number; readonly perCustomer?: number }
  readonly budget?: number
  readonly stackable?: boolean
  readonly notWithMemberPrice?: boolean
  readonly points: number
  readonly worth: number
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
  readonly anyOf?: readonly string[]
  readonly zone: Window['zone']
}

/** Which units, and how many. */
export type BoundItem = Pick<Bound, 'f' | 'rate'> & { readonly qty: number }

/** An effect bound to its filters. */
export interface BoundEffect extends Bound {
  readonly type: Effect['type']
  readonly on?: string
  readonly per?: string
  /** The effect as each of its tiers makes it. */
  readonly tiers?: readonly BoundEffect[]
  readonly from: number
  readonly items?: readonly Pick<BoundItem, 'f' | 'qty'>[]
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
  readonly sku: string
  readonly qty: number
  readonly points: number
  readonly worth: number
  readonly step: number
}

/** A rule whose shape was checked: keys that some of them have. */
interface Parsed {
  readonly kind: Rule['kind']
  readonly optional?: boolean
  readonly rule: string
  readonly store: string
  readonly overlay?: Readonly<Record<string, false | readonly [number, number]>>
  readonly notWithMemberPrice?: boolean
  readonly maxPercent?: number
  readonly notTags?: readonly string[]
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
    parts: Array.isArray(parts) && parts.every((part) => typeof Object(part).charge === 'function'),
  }
  for (const path in sound) if (!sound[path]) return refuse('invalid', { path })
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return refuse('unknown-currency')
  if (rows.length > 2e4) return refuse('too-many', { path: 'rules', have: rows.length, need: 2e4 })
  const read = new Map<string, Parsed>()
  const settings: Settings = { allocation: 'largest-remainder', rounding: 'half-up', combine: 'all' }
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
    const { kind, funding, optional } = Object(rule) as Parsed
    const part = parts.filter((one) => one.kind === kind)[0]
    let fault = checkOf(part ? part.shape : '@')(rule)
    if (fault === true && funding && sum(sharesOf(funding)) !== 100) fault = '.funding'
    if (fault !== true) {
      if (optional === true && kind !== 'tax') continue
      const [at, have] = fault.split(unknownMark)
      const path = id + at
      return have ? refuse('unknown-rule', { path, have }) : refuse('invalid', { path })
    }
    if (read.has(id) || (kind === 'settings' && 'kind' in settings)) return refuse('duplicate-key', { path: id })
    if (kind === 'settings') Object.assign(settings, rule)
    read.set(id, rule)
  }

  const filters: LineFilter[] = []
  const index = { skus: new Map<string, number[]>(), tags: new Map<string, number[]>(), rest: [] as number[] }
  const numbers = new Map([['{}', -1]])
  const bind = (rule: Parsed, id: string): BoundRule => {
    const { kind, maxPercent, notTags, funding } = rule
    const also = rule.notWithMemberPrice && settings.memberCoupon !== 'either-or' && { notMemberPriced: true }
    const number = (filter: unknown): number => {
      const full = Object.assign({}, filter, also) as Filter
      const name = JSON.stringify(full)
      let f = numbers.get(name)
      if (f === undefined) {
        numbers.set(name, (f = filters.push(lineFilter(full)) - 1))
        const by = index[full.skus ? 'skus' : 'tags']
        const names = full.skus || full.tags
        if (names) for (const one of names) by.set(one, (by.get(one) || []).concat(f))
        else index.rest.push(f)
      }
      return f
    }
    /** The same with every object below it bound. */
    const node = (from: unknown): unknown => {
      if (Array.isArray(from)) return from.map(node)
      if (Object(from) !== from) return from
      const { filter, percent, tiers } = from as { readonly filter?: Filter; readonly percent?: number; readonly tiers?: readonly object[] }
      const rate = percent === undefined ? percent : ratio(percent, 100)
      const made: Record<string, unknown> = Object.assign({ id, f: number(filter), rate }, unsaid)
      for (const key in from as object) made[key] = node((from as Readonly<Record<string, unknown>>)[key])
      if (tiers) made['tiers'] = tiers.map((tier) => node(Object.assign({}, from, { amount: undefined, percent: undefined, tiers: undefined }, tier)))
      return made
    }
    // Burning points and paying in some way have one effect on the order.
    const whole = Object.assign({ on: 'order', percent: maxPercent, filter: notTags && { notTags } }, rule)
    const made = node(Object.assign({ when: [], effects: [whole] }, whole)) as BoundRule
    const [{ f, on, per } = { f: -1 } as BoundEffect, second] = made.effects
    const { skus, tags } = filters[f] || ({} as LineFilter)
    return Object.assign(made, {
      kind: kind === 'burn' ? 'points' : kind,
      funding: funding && sharesOf(funding),
      gifts: made.effects.filter(({ type }) => type === 'gift'),
      only: second || !(skus || tags) || (on || per) === 'shipping' ? -1 : f,
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
    const target = read.get(name)
    byKind[kind].push(bind(rule, id))
    if (kind !== 'overlay' || !target) continue
    const changed = JSON.parse(JSON.stringify(target)) as { effects?: Record<string, unknown>[]; [key: string]: unknown } & Parsed
    for (const key of ['off', 'amount', 'percent']) {
      const have = rule[key] as number
      if (have === undefined) continue
      const limits = target.overlay && target.overlay[key]
      if (key === 'off' ? limits === false : !(limits && have >= limits[0] && have <= limits[1])) return refuse('invalid', { path: id + '.' + key })
      changed[key] = have
      for (const effect of changed.effects || []) if (key in effect) effect[key] = have
    }
    const here = overlaid.get(store) || new Map<string, BoundRule>()
    if (here.has(name)) return refuse('duplicate-key', { path: id })
    overlaid.set(store, here.set(name, bind(changed, name)))
  }
  for (const kind in byKind)
    byKind[kind as Rule['kind']].sort((a, b) => a.stage - b.stage || b.priority - a.priority || a.order - b.order || (a.id < b.id ? -1 : 1))
  const { promotion } = byKind
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
    onlys: promotion.map(({ only }) => only),
    leasts: promotion.map(({ when: [first] }) => (first && first.f < 0 && !first.basis && first.amount) || 0),
    exclusive: promotion.filter(({ exclusive }) => exclusive),
    overlaid,
    filters,
    index,
  })
}

/** What rules, conditions and effects mean where they say nothing. */
const unsaid = { cap: Infinity, maxTimes: Infinity, maxUnits: Infinity, stage: 0, priority: 0, order: 0 }

/** Whether a value is what `compile` made: unlike anything read from JSON it holds its price source. */
export const isCompiled = (book: Pick<CompiledBook, 'prices'>): boolean => typeof (Object(book) as typeof book).prices === 'function'

const sharesOf = ({ brand = 0, store = 0, partner = 0, platform = 0 }: Partial<Funding>): readonly number[] => [brand, store, partner, platform]
