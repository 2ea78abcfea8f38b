import { isAmount } from '@omokit/core'

/** Says what is wrong: the path below the value, `""` for the value itself; undefined when nothing is. */
export type Check = (value: unknown, depth?: number) => string | undefined

/** Stands in a path before the name of a kind, condition or effect that this version does not know. */
export const unknownMark = '?'

/**
 * Every shape as `key:type`, `?` after a key that may be absent; a key that is not named here is refused, because it may change
 * the price. Types: n amount, n9 from 0 to 9, N9 from 1, i integer, d9 a decimal, t text, b flag, `x|y` one of these,
 * ~s a shape, %s a record of shapes, `*` after a type a list of it;
 * @kind, ?type and !type the shape of the same sign and the value of that key: a rule, a condition, an effect.
 */
const scope = 'order?:i from?:i until?:i window?:~window channels?:t* stores?:t* optional?:b when?:?type* kind:t '
const gives = scope + 'effects:!type* funding?:~funding group?:t limits?:~limits budget?:n '
const measured = 'type:t amount?:n percent?:d100 tiers?:~tier* measure?:subtotal|qty filter?:~filter '
const picked = 'type:t filter?:~filter maxTimes?:N1e6 '
const anyOf = 'type:t anyOf:t*'
const shapes: Readonly<Record<string, string>> = {
  '@settings':
    'kind:t allocation?:largest-remainder|floor-then-first|round-then-first rounding?:half-up|half-down combine?:all|best-per-line|best maxCoupons?:n1e6 memberCoupon?:skip-lines|either-or',
  '@promotion': gives + 'stage?:i priority?:i exclusive?:b codes?:t* codeUntil?:i',
  '@coupon': gives + 'stackable?:b notWithMemberPrice?:b',
  '@payment': scope + 'methods:t* atLeast?:n amount?:n percent?:d100 cap?:n funding?:~funding',
  '@burn': scope + 'points:N1e9 worth:N1e9 step:N1e9 maxPercent:d100 notTags?:t*',
  '@earn': scope + 'per:N1e9 points:N1e6 multiplier?:d1000 mode:order|line multiplierAfterFloor?:b notTags?:t*',
  '@tender': scope + 'unit:N1e9 mode:down|nearest|nearest-down|half-even scope:bill|line methods?:t*',
  '@overlay': 'kind:t store:t rule:t off?:b optional?:b',
  window: 'zone:i** from:n86399 to:n86399 days?:N7* dateFrom?:i dateTo?:i',
  funding: 'brand?:n100 store?:n100 partner?:n100 platform?:n100',
  limits: 'total?:n perCustomer?:n',
  filter: 'skus?:t* tags?:t* notSkus?:t* notTags?:t* priceMin?:n priceMax?:n notOnSale?:b notMemberPriced?:b',
  tier: 'from:n amount?:n percent?:d100 cap?:n',
  item: 'qty:N1e6 filter?:~filter percent?:d100',
  '?subtotalAtLeast': 'type:t amount:n filter?:~filter basis?:residual|original',
  '?qtyAtLeast': 'type:t qty:N1e6 filter?:~filter',
  '?contains': 'type:t filter:~filter',
  '?tier': anyOf,
  '?audience': anyOf,
  '?payment': anyOf,
  '?shippingMethod': anyOf,
  '?nthOrder': 'type:t n:N1e6',
  '?firstOrder': 'type:t',
  '?birthdayMonth': 'type:t zone:i**',
  '?quorum': 'type:t joined:N1e6',
  '?all': 'type:t of:?type*',
  '?any': 'type:t of:?type*',
  '?not': 'type:t of:?type',
  '!percentOff': measured + 'on:lines|order|shipping roundPer?:unit|unit maxUnits?:n1e6 cap?:n',
  '!amountOff': measured + 'per:unit|qty|line|order|shipping maxUnits?:n1e6',
  '!tieredOff': 'type:t tiers:~tier* measure?:subtotal|qty filter?:~filter',
  '!unitGroups': measured + 'size:N1e6',
  '!amountByUnit': 'type:t first:n next:n maxUnits?:n1e6 filter?:~filter',
  '!buyGet': 'type:t buy:~item get:~item by?:line-amount-desc|line-amount-desc',
  '!nthPercent': 'type:t n:N1e6 percent:d100 scope?:all|line repeat?:b filter?:~filter',
  '!everyAmountOff': picked + 'every:N amount:n cap?:n',
  '!buyXGetY': picked + 'buy:N1e6 get:N1e6 percent?:d100 pick:cheapest|dearest|group',
  '!bundlePrice': 'type:t items:~item* price:n maxTimes?:N1e6',
  '!nForPrice': picked + 'n:N1e6 price:n pick?:cheapest|dearest',
  '!addOn': 'type:t price:n maxUnits?:N1e6 filter?:~filter',
  '!priceTo': 'type:t price:n maxUnits?:N1e6 filter?:~filter',
  '!gift': 'type:t sku:t qty:N1e6',
  basket:
    'currency:t channel:t storeId?:t tier?:t firstOrder?:b birthdayMonth?:N12 audience?:t* priorOrders?:n1e9 codes?:t* lines:~line* coupons?:~coupon* payment?:t shipping?:~shipping pointsToBurn?:~points usage?:%used',
  line: 'id:t sku:t qty:n5e4 grams?:n1e8 labelAmount?:n',
  coupon: 'coupon:t item?:t',
  shipping: 'amount:n method?:t',
  points: 'ask:n available:n',
  used: 'total?:n mine?:n spent?:n joined?:n',
}

/** The check of a type, made once. */
export function checkOf(type: string): Check {
  let check = made.get(type)
  if (!check) made.set(type, (check = make(type)))
  return check
}

const made = /* @__PURE__ */ new Map<string, Check>()
const own = (key: string): boolean => Object.prototype.hasOwnProperty.call(shapes, key)

/** The plain types; `max` is what stands behind the letter. */
const tests: Readonly<Record<string, (value: never, max: number) => unknown>> = {
  n: (v: number, max) => isAmount(v) && v <= (max || v),
  N: (v: number, max) => isAmount(v) && v <= (max || v) && v,
  i: (v: number) => Math.floor(v) === v && Math.abs(v) <= 1e13,
  // At most six places: then the text of the number is its exact value.
  d: (v: number, max) => v <= max && v === Number(v) && /^\d+(\.\d{1,6})?$/.test(String(v)),
  t: (v: string) => typeof v === 'string' && v && v.length <= 200,
  b: (v: unknown) => v === !!v,
}

function make(type: string): Check {
  const sign = type[0] as string
  const rest = type.slice(1)
  if (type.slice(-1) === '*') {
    const each = checkOf(type.slice(0, -1))
    return (value, depth = 0) => {
      if (!Array.isArray(value) || value.length > 10_000) return ''
      for (let i = 0; i < value.length; i++) {
        const fault = each(value[i], depth)
        if (fault !== undefined) return `.${i}${fault}`
      }
      return undefined
    }
  }
  if (rest.indexOf('|') > 0) return (value) => (type.split('|').indexOf(value as string) < 0 ? '' : undefined)
  if (sign === '~') return shape(shapes[rest] as string, rest === 'funding')
  if (sign === '%')
    return (value) => {
      for (const key in value as object) if (checkOf('~' + rest)((value as Readonly<Record<string, unknown>>)[key]) !== undefined) return `.${key}`
      return Object(value) === value ? undefined : ''
    }
  const test = tests[sign]
  const max = Number(rest)
  if (test) return (value) => (test(value as never, max) ? undefined : '')
  return (value, depth = 0) => {
    const kind = Object(value) === value && (value as Readonly<Record<string, unknown>>)[rest]
    if (typeof kind !== 'string' || depth > 32) return `.${rest}`
    return own(sign + kind) ? checkOf('~' + sign + kind)(value, depth + 1) : `.${rest}${unknownMark}${kind}`
  }
}

function shape(text: string, percents: boolean): Check {
  const names: string[] = []
  const checks: Check[] = []
  const required: number[] = []
  let count = 0
  for (const token of text.trim().split(' ')) {
    const [, name = '', optional, type = ''] = /(\w+)(\??):(.*)/.exec(token) as RegExpExecArray as readonly string[]
    names.push(name)
    checks.push(checkOf(type))
    count += required[names.length - 1] = optional ? 0 : 1
  }
  return (value, depth) => {
    if (Object(value) !== value) return ''
    const from = value as Readonly<Record<string, unknown>>
    let sum = 0
    let left = count
    let at = -1
    for (const key in from) {
      const one = from[key]
      // Keys mostly come in the order of the shape.
      if (names[++at] !== key) at = names.indexOf(key)
      const fault = one === undefined ? one : at < 0 ? '' : (checks[at] as Check)(one, depth)
      if (fault !== undefined) return `.${key}${fault}`
      if (one !== undefined) left -= required[at] as number
      if (percents) sum += one as number
    }
    if (left) for (let i = 0; i < names.length; i++) if (required[i] && from[names[i] as string] === undefined) return `.${names[i]}`
    return percents && sum !== 100 ? '' : undefined
  }
}
