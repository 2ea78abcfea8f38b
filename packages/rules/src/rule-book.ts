/**
 * A row of the rule book as it stands in a signed release: `[id, canonical JSON]`. Order of rows means nothing: rules run by
 * stage, then `priority` (higher first), then `order` (lower first), then id.
 */
export type RuleRow = readonly [id: string, json: string]

/** A rule book before it is published: the same rules with their ids inside. Money is minor units, times milliseconds. */
export interface RuleBook {
  readonly rules: readonly BookRule[]
}

/** Any rule with its id. */
export type BookRule = { readonly id: string } & Rule

/** One row of the book, told apart by `kind`. A kind, condition or effect this version does not know refuses the whole book. */
export type Rule = PromotionRule | CouponRule | PaymentRule | BurnRule | EarnRule | TaxRule | TenderRule | PricesRule | SettingsRule | OverlayRule

/** Methods and limits of the whole book. At most one row of this kind. */
export interface SettingsRule {
  readonly kind: 'settings'
  /** How an amount taken off several lines is shared. Default `largest-remainder`. */
  readonly allocation?: 'largest-remainder' | 'floor-then-first' | 'round-then-first'
  /** What half a minor unit of a percentage does. `half-down` rounds the remaining price half up. Default `half-up`. */
  readonly rounding?: 'half-up' | 'half-down'
  /**
   * `all`: every promotion that holds, one after the other. `best-per-line`: within a stage each line keeps its largest discount.
   * `best`: within a stage only the promotion that takes most. Default `all`.
   */
  readonly combine?: 'all' | 'best-per-line' | 'best'
  /** How many coupons one order takes. */
  readonly maxCoupons?: number
  /** What a coupon marked `notWithMemberPrice` does: leave member-priced lines out, or choose the cheaper of two quotes. */
  readonly memberCoupon?: 'skip-lines' | 'either-or'
}

/** When and where a rule stands. */
interface Place {
  /** List position among equals, lower first. Default 0. */
  readonly order?: number
  /** Inclusive, milliseconds. */
  readonly from?: number
  /** Exclusive, milliseconds. */
  readonly until?: number
  readonly window?: Window
  readonly channels?: readonly string[]
  readonly stores?: readonly string[]
  /** A reader that does not know something in this rule may leave it out instead of refusing the book. */
  readonly optional?: boolean
}

/** When, where and for whom a rule stands. */
interface Scope extends Place {
  /** All must hold, on the basket as the rules before left it. */
  readonly when?: readonly Condition[]
}

/** A promotion: runs by itself. */
export interface PromotionRule extends Scope, Gives {
  readonly kind: 'promotion'
  /** Lower stages run first. Default 0. */
  readonly stage?: number
  /** Inside a stage higher runs first. Default 0. */
  readonly priority?: number
  /** If its conditions hold on the untouched basket, it runs alone. */
  readonly exclusive?: boolean
  /** Of the promotions with one group only the first that takes something applies. */
  readonly group?: string
  /** Needs one of these typed in, case-sensitive. */
  readonly codes?: readonly string[]
  /** End of the codes, exclusive, milliseconds. */
  readonly codeUntil?: number
  /** Redemptions allowed in all and per customer, against `basket.usage`. */
  readonly limits?: { readonly total?: number; readonly perCustomer?: number }
  /** An effect that would push what was spent (`basket.usage`) over it is skipped whole. */
  readonly budget?: number
}

/** A coupon: runs when presented, after all promotions. */
export interface CouponRule extends Scope, Gives {
  readonly kind: 'coupon'
  /** False: applies only alone. Default true. */
  readonly stackable?: boolean
  /** Of the coupons with one group only one applies. */
  readonly group?: string
  readonly notWithMemberPrice?: boolean
  readonly limits?: { readonly total?: number; readonly perCustomer?: number }
  readonly budget?: number
}

/** What a rule takes, and who pays for it. */
interface Gives {
  /** Run in order, each on what the ones before left. */
  readonly effects: readonly Effect[]
  /** Whole percents that add up to 100. Default the brand alone. */
  readonly funding?: { readonly brand?: number; readonly store?: number; readonly partner?: number; readonly platform?: number }
  /** What an overlay of a store may set: an amount or a percentage from the first to the second; `off: false`: nor take it out. */
  readonly overlay?: {
    readonly off?: boolean
    readonly amount?: readonly [min: number, max: number]
    readonly percent?: readonly [min: number, max: number]
  }
}

/** Something off for a method of payment. Only the first that fits applies. */
export interface PaymentRule extends Scope {
  readonly kind: 'payment'
  readonly methods: readonly string[]
  /** Least sum of the lines. */
  readonly atLeast?: number
  readonly amount?: number
  readonly percent?: number
  readonly cap?: number
  readonly funding?: Gives['funding']
}

/** Paying with points: `points` points are worth `worth`. At most one row stands at a time: the first that fits. */
export interface BurnRule extends Scope {
  readonly kind: 'burn'
  readonly points: number
  readonly worth: number
  /** Points are burned in multiples of it. */
  readonly step: number
  /** Share of the order that points may pay. */
  readonly maxPercent: number
  readonly notTags?: readonly string[]
}

/** Points earned: `points` for every `per`. The first row that fits counts. */
export interface EarnRule extends Scope {
  readonly kind: 'earn'
  readonly per: number
  readonly points: number
  /** Default 1. */
  readonly multiplier?: number
  /** Cut once on the sum, or line by line. */
  readonly mode: 'order' | 'line'
  /** Cut to whole points before the multiplier, not only after. */
  readonly multiplierAfterFloor?: boolean
  readonly notTags?: readonly string[]
}

/**
 * Sales tax. Each line takes the first row that stands and fits it. All rows of a book have one mode, and a reader without the
 * part `tax` of `@omokit/rules/tax` refuses the book.
 */
export interface TaxRule extends Omit<Scope, 'optional'> {
  readonly kind: 'tax'
  readonly filter?: Filter
  readonly percent: number
  /** `inclusive`: prices hold the tax, it is only shown. `exclusive`: it is paid on top. */
  readonly mode: 'inclusive' | 'exclusive'
  /** Rounded for each line, or once for all lines of the percentage and shared over them. Default `line`. */
  readonly per?: 'line' | 'bill'
  /** Default `half-up`. */
  readonly rounding?: 'half-up' | 'half-down' | 'half-even' | 'down'
  /** Taxes the shipping fee too. */
  readonly shipping?: boolean
}

/** Rounding of what is paid to a multiple of `unit`. The first row that fits counts. */
export interface TenderRule extends Scope {
  readonly kind: 'tender'
  readonly unit: number
  /** What a half does: `nearest` up, `nearest-down` down, `half-even` to the even multiple. */
  readonly mode: 'down' | 'nearest' | 'nearest-down' | 'half-even'
  readonly scope: 'bill' | 'line'
  /** Methods of payment it is for; absent: all. */
  readonly methods?: readonly string[]
}

/** A price list that answers before all others while it stands: a flash sale with its schedule, an early-morning price. */
export interface PricesRule extends Place {
  readonly kind: 'prices'
  /** Name of the list, as the books are named: `flash-1111` is the book `price/flash-1111`. */
  readonly list: string
}

/**
 * A store manager's change of one promotion or coupon, inside the limits its `overlay` grants: outside them the book is refused.
 * At most one for a store and rule.
 */
export interface OverlayRule {
  readonly kind: 'overlay'
  readonly store: string
  readonly rule: string
  /** Take the rule out in this store. */
  readonly off?: boolean
  /** Instead of the amount of every effect that states one beside its tiers. */
  readonly amount?: number
  /** Instead of the percentage of every effect that states one beside its tiers. */
  readonly percent?: number
  readonly optional?: boolean
}

/**
 * A local wall-clock window. The publisher compiles the time zone into UTC transitions, so that no runtime needs a time zone
 * table: `zone` is `[[from epoch second, seconds east of UTC], …]`, ascending.
 */
export interface Window {
  readonly zone: readonly (readonly [from: number, offset: number])[]
  /** Second of the local day, 0–86399, inclusive. */
  readonly from: number
  /** Second of the local day, inclusive with its whole second. Below `from`: the window passes midnight. */
  readonly to: number
  /** 1 Monday … 7 Sunday, of the local date on which the window began. */
  readonly days?: readonly number[]
  /** Local date as days since 1970-01-01, inclusive. */
  readonly dateFrom?: number
  readonly dateTo?: number
}

/** Which lines; all given keys must hold, no filter means every line. */
export interface Filter {
  readonly skus?: readonly string[]
  readonly tags?: readonly string[]
  readonly notSkus?: readonly string[]
  readonly notTags?: readonly string[]
  /** Unit price after the price list, inclusive. */
  readonly priceMin?: number
  readonly priceMax?: number
  /** Leaves lines out whose price row carries a higher crossed-out price. */
  readonly notOnSale?: boolean
  /** Leaves lines out that a member list made cheaper. */
  readonly notMemberPriced?: boolean
}

/** What must hold. */
export type Condition =
  | { readonly type: 'subtotalAtLeast'; readonly amount: number; readonly filter?: Filter; readonly basis?: 'residual' | 'original' }
  | { readonly type: 'qtyAtLeast'; readonly qty: number; readonly filter?: Filter }
  | { readonly type: 'contains'; readonly filter: Filter }
  | { readonly type: 'tier'; readonly anyOf: readonly string[] }
  | { readonly type: 'audience'; readonly anyOf: readonly string[] }
  | { readonly type: 'nthOrder'; readonly n: number }
  | { readonly type: 'firstOrder' }
  | { readonly type: 'birthdayMonth'; readonly zone: Window['zone'] }
  | { readonly type: 'payment'; readonly anyOf: readonly string[] }
  | { readonly type: 'shippingMethod'; readonly anyOf: readonly string[] }
  /** Group buying: so many have joined (`basket.usage[rule].joined`). */
  | { readonly type: 'quorum'; readonly joined: number }
  | { readonly type: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly type: 'not'; readonly of: Condition }

/** `[{from, …}]`: the one with the highest `from` reached counts. */
export type Tier = { readonly from: number; readonly amount?: number; readonly percent?: number; readonly cap?: number }

/** How units are picked that an effect names. */
type Pick = 'cheapest' | 'dearest' | 'group'

/** What is taken. Each is defined, with a worked example, on the rule-book page. */
export type Effect =
  | {
      readonly type: 'percentOff'
      readonly on: 'lines' | 'order' | 'shipping'
      readonly percent?: number
      readonly roundPer?: 'unit'
      readonly maxUnits?: number
      readonly cap?: number
      readonly tiers?: readonly Tier[]
      readonly measure?: 'subtotal' | 'qty'
      readonly filter?: Filter
    }
  | {
      readonly type: 'amountOff'
      /** `unit`: each unit gives what it has; `qty`: amount × units off the line as a whole. */
      readonly per: 'unit' | 'qty' | 'line' | 'order' | 'shipping'
      readonly amount?: number
      readonly maxUnits?: number
      readonly tiers?: readonly Tier[]
      readonly measure?: 'subtotal' | 'qty'
      readonly filter?: Filter
    }
  | { readonly type: 'amountByUnit'; readonly first: number; readonly next: number; readonly maxUnits?: number; readonly filter?: Filter }
  | {
      readonly type: 'unitGroups'
      readonly size: number
      readonly amount?: number
      readonly percent?: number
      readonly tiers?: readonly Tier[]
      readonly measure?: 'subtotal' | 'qty'
      readonly filter?: Filter
    }
  | {
      readonly type: 'buyGet'
      readonly buy: { readonly qty: number; readonly filter?: Filter }
      readonly get: { readonly qty: number; readonly filter?: Filter; readonly percent?: number }
      readonly by?: 'line-amount-desc'
    }
  | {
      readonly type: 'nthPercent'
      readonly n: number
      readonly percent: number
      readonly scope?: 'all' | 'line'
      readonly repeat?: boolean
      readonly filter?: Filter
    }
  | {
      readonly type: 'everyAmountOff'
      readonly every: number
      readonly amount: number
      readonly maxTimes?: number
      readonly cap?: number
      readonly filter?: Filter
    }
  | { readonly type: 'tieredOff'; readonly tiers: readonly Tier[]; readonly measure?: 'subtotal' | 'qty'; readonly filter?: Filter }
  | {
      readonly type: 'buyXGetY'
      readonly buy: number
      readonly get: number
      readonly percent?: number
      readonly pick: Pick
      readonly maxTimes?: number
      readonly filter?: Filter
    }
  | {
      readonly type: 'bundlePrice'
      readonly items: readonly { readonly qty: number; readonly filter?: Filter }[]
      readonly price: number
      readonly maxTimes?: number
    }
  | {
      readonly type: 'nForPrice'
      readonly n: number
      readonly price: number
      readonly pick?: 'cheapest' | 'dearest'
      readonly maxTimes?: number
      readonly filter?: Filter
    }
  | { readonly type: 'addOn'; readonly price: number; readonly maxUnits?: number; readonly filter?: Filter }
  /** Every unit at a price: group buying, a member hour. */
  | { readonly type: 'priceTo'; readonly price: number; readonly maxUnits?: number; readonly filter?: Filter }
  | { readonly type: 'gift'; readonly sku: string; readonly qty: number }
