import { isAmount } from '@omokit/core'

/** Says what is wrong: the path below the value, `""` for the value itself; undefined when nothing is. */
export type Check = (value: unknown, depth?: number) => string | undefined

/** Stands in a path before the name of a kind, condition or effect that this version does not know. */
export const unknownMark = '?'

/**
 * Every shape as `key:type`, `?` after a key that may be absent; a key that is not named here is refused, because it may change
 * the price. Types: a amount, i integer, n9 from 0 to 9, N9 from 1, d9 a decimal, t text, b flag, z zone, `x|y` one of these,
 * @s a shape, @s/k the shape `s/` + the value of key k, %s a record of shapes, `*` after a type a list of it.
 */
const scope = 'order?:i from?:i until?:i window?:@window channels?:t* stores?:t* optional?:b when?:@if/type* kind:t '
const gives = scope + 'effects:@do/type* funding?:@funding group?:t limits?:@limits budget?:a '
const measured = 'type:t amount?:a percent?:d100 tiers?:@tier* measure?:subtotal|qty filter?:@filter '
const picked = 'type:t filter?:@filter maxTimes?:N1e6 '
const anyOf = 'type:t anyOf:t*'
const shapes: Readonly<Record<string, string>> = {
  'rule/settings': 'kind:t allocation?:largest-remainder|floor-then-first|round-then-first rounding?:half-up|half-down combine?:all|best-per-line|best maxCoupons?:n1e6 memberCoupon?:skip-lines|either-or',
  'rule/promotion': gives + 'stage?:i priority?:i exclusive?:b codes?:t* codeUntil?:i',
  'rule/coupon': gives + 'stackable?:b notWithMemberPrice?:b',
  'rule/payment': scope + 'methods:t* atLeast?:a amount?:a percent?:d100 cap?:a funding?:@funding',
  'rule/burn': scope + 'points:N1e9 worth:N1e9 step:N1e9 maxPercent:d100 notTags?:t*',
  'rule/earn': scope + 'per:N1e9 points:N1e6 multiplier?:d1000 mode:order|line multiplierAfterFloor?:b notTags?:t*',
  'rule/tender': scope + 'unit:N1e9 mode:down|nearest|nearest-down|half-even scope:bill|line methods?:t*',
  'rule/overlay': 'kind:t store:t rule:t off?:b optional?:b',
  window: 'zone:z from:n86399 to:n86399 days?:N7* dateFrom?:i dateTo?:i',
  funding: 'brand?:n100 store?:n100 partner?:n100 platform?:n100',
  limits: 'total?:a perCustomer?:a',
  filter: 'skus?:t* tags?:t* notSkus?:t* notTags?:t* priceMin?:a priceMax?:a notOnSale?:b notMemberPriced?:b',
  tier: 'from:a amount?:a percent?:d100 cap?:a',
  item: 'qty:N1e6 filter?:@filter percent?:d100',
  'if/subtotalAtLeast': 'type:t amount:a filter?:@filter basis?:residual|original',
  'if/qtyAtLeast': 'type:t qty:N1e6 filter?:@filter',
  'if/contains': 'type:t filter:@filter',
  'if/tier': anyOf,
  'if/audience': anyOf,
  'if/payment': anyOf,
  'if/shippingMethod': anyOf,
  'if/nthOrder': 'type:t n:N1e6',
  'if/firstOrder': 'type:t',
  'if/birthdayMonth': 'type:t zone:z',
  'if/quorum': 'type:t joined:N1e6',
  'if/all': 'type:t of:@if/type*',
  'if/any': 'type:t of:@if/type*',
  'if/not': 'type:t of:@if/type',
  'do/percentOff': measured + 'on:lines|order|shipping roundPer?:unit|unit maxUnits?:n1e6 cap?:a',
  'do/amountOff': measured + 'per:unit|qty|line|order|shipping maxUnits?:n1e6',
  'do/tieredOff': 'type:t tiers:@tier* measure?:subtotal|qty filter?:@filter',
  'do/unitGroups': measured + 'size:N1e6',
  'do/amountByUnit': 'type:t first:a next:a maxUnits?:n1e6 filter?:@filter',
  'do/buyGet': 'type:t buy:@item get:@item by?:line-amount-desc|line-amount-desc',
  'do/nthPercent': 'type:t n:N1e6 percent:d100 scope?:all|line repeat?:b filter?:@filter',
  'do/everyAmountOff': picked + 'every:N1e13 amount:a cap?:a',
  'do/buyXGetY': picked + 'buy:N1e6 get:N1e6 percent?:d100 pick:cheapest|dearest|group',
  'do/bundlePrice': 'type:t items:@item* price:a maxTimes?:N1e6',
  'do/nForPrice': picked + 'n:N1e6 price:a pick?:cheapest|dearest',
  'do/addOn': 'type:t price:a maxUnits?:N1e6 filter?:@filter',
  'do/priceTo': 'type:t price:a maxUnits?:N1e6 filter?:@filter',
  'do/gift': 'type:t sku:t qty:N1e6',
  basket: 'currency:t channel:t storeId?:t tier?:t firstOrder?:b birthdayMonth?:N12 audience?:t* priorOrders?:n1e9 codes?:t* lines:@line* coupons?:@coupon* payment?:t shipping?:@shipping pointsToBurn?:@points usage?:%used',
  line: 'id:t sku:t qty:n5e4 grams?:n1e8 labelAmount?:a',
  coupon: 'coupon:t item?:t',
  shipping: 'amount:a method?:t',
  points: 'ask:a available:a',
  used: 'total?:a mine?:a spent?:a joined?:a',
}

/** The check of a type, made once. */
export function checkOf(type: string): Check {
  let check = made.get(type)
  if (!check) made.set(type, (check = make(type)))
  return check
}

const made = /* @__PURE__ */ new Map<string, Check>()
const own = (object: object, key: string): boolean => Object.prototype.hasOwnProperty.call(object, key)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

function make(type: string): Check {
  const rest = type.slice(1)
  const max = Number(rest)
  const when = (test: (value: never) => unknown): Check => (value) => (test(value as never) ? undefined : '')
  if (type.slice(-1) === '*') {
    const each = checkOf(type.slice(0, -1))
    return (value, depth = 0) => {
      if (!Array.isArray(value) || value.length > 10_000 || depth > 32) return ''
      for (let i = 0; i < value.length; i++) {
        const fault = each(value[i], depth + 1)
        if (fault !== undefined) return `.${i}${fault}`
      }
      return undefined
    }
  }
  if (type.indexOf('|') > 0) return when((v: string) => type.split('|').indexOf(v) >= 0)
  switch (type[0]) {
    case 'a':
      return when(isAmount)
    case 'i':
      return when((v: number) => Math.floor(v) === v && Math.abs(v) <= 1e13)
    case 'n':
      return when((v: number) => isAmount(v) && v <= max)
    case 'N':
      return when((v: number) => isAmount(v) && v <= max && v > 0)
    case 'd':
      // At most six places: then the text of the number is its exact value.
      return when((v: number) => typeof v === 'number' && v <= max && /^\d+(\.\d{1,6})?$/.test(String(v)))
    case 't':
      return when((v: string) => typeof v === 'string' && v && v.length <= 200)
    case 'b':
      return when((v: unknown) => v === true || v === false)
    case 'z':
      return when((v: number[][]) => Array.isArray(v) && v.length && v.every((pair) => Array.isArray(pair) && pair.length === 2 && !checkOf('i*')(pair)))
    case '%':
      return (value) => {
        if (!isObject(value)) return ''
        for (const key of Object.keys(value)) if (checkOf('@' + rest)(value[key]) !== undefined) return `.${key}`
        return undefined
      }
  }
  const [name = '', tag] = rest.split('/')
  if (type[0] === '#' || !tag) return shape(shapes[rest] as string, rest === 'funding')
  return (value, depth = 0) => {
    const kind = isObject(value) && own(value, tag) && value[tag]
    if (typeof kind !== 'string' || depth > 32) return `.${tag}`
    return own(shapes, `${name}/${kind}`) ? checkOf(`#${name}/${kind}`)(value, depth) : `.${tag}${unknownMark}${kind}`
  }
}

function shape(text: string, percents: boolean): Check {
  const keys = new Map<string, Check>()
  const required: string[] = []
  for (const token of text.trim().split(/ +/)) {
    const [key = '', type = ''] = token.split(':')
    const optional = key.slice(-1) === '?'
    const name = optional ? key.slice(0, -1) : key
    keys.set(name, checkOf(type))
    if (!optional) required.push(name)
  }
  return (value, depth = 0) => {
    if (!isObject(value)) return ''
    let sum = 0
    for (const key in value) {
      const check = keys.get(key)
      const one = value[key]
      if (one === undefined) continue
      const fault = check ? check(one, depth + 1) : ''
      if (fault !== undefined) return `.${key}${fault}`
      if (percents) sum += one as number
    }
    for (let i = 0; i < required.length; i++) if (value[required[i] as string] === undefined) return `.${required[i]}`
    return percents && sum !== 100 ? '' : undefined
  }
}
