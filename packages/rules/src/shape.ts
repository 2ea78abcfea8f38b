import { isAmount } from '@omokit/core'

/** Says what is wrong: a path below the value, or undefined when nothing is. */
export type Check = (value: unknown) => string | undefined

/** A mark that the reader does not know the kind, condition or effect named after it. */
export const unknownMark = '?'

const wrong = ''
const when = (test: (value: never) => boolean): Check => (value) => (test(value as never) ? undefined : wrong)
const own = (object: object, key: string): boolean => Object.prototype.hasOwnProperty.call(object, key)

const amount = when(isAmount)
const count = when((v: number) => isAmount(v) && v > 0 && v <= 1e6)
const whole = when((v: number) => isAmount(v) && v <= 1e6)
const integer = when((v: number) => Math.floor(v) === v && Math.abs(v) <= 1e13)
/** A decimal of at most six places, so that its text is its exact value. */
const decimal = (max: number): Check => when((v: number) => typeof v === 'number' && v >= 0 && v <= max && /^\d+(\.\d{1,6})?$/.test(String(v)))
const percent = decimal(100)
const flag = when((v: unknown) => v === true || v === false)
const text = when((v: unknown) => typeof v === 'string' && v.length > 0 && v.length <= 200)
const one = (...values: readonly string[]): Check => when((v: string) => values.indexOf(v) >= 0)

const list = (each: Check, max: number, min = 1): Check => (value) => {
  if (!Array.isArray(value) || value.length > max || value.length < min) return wrong
  for (let i = 0; i < value.length; i++) {
    const fault = each(value[i])
    if (fault !== undefined) return `.${i}${fault}`
  }
  return undefined
}

/** An object with these keys and no others; `?` marks the ones that may be absent. */
const shape = (keys: Readonly<Record<string, Check>>): Check => (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong
  for (const key of Object.keys(value)) {
    const check = own(keys, key) ? keys[key] : own(keys, key + '?') ? keys[key + '?'] : undefined
    // A key this version does not know may change the price: it is not passed over.
    if (!check) return `.${key}`
    const fault = check((value as Record<string, unknown>)[key])
    if (fault !== undefined) return `.${key}${fault}`
  }
  for (const key of Object.keys(keys)) if (key.slice(-1) !== '?' && !own(value, key)) return `.${key}`
  return undefined
}

const union = (tag: string, table: () => Readonly<Record<string, Check>>): Check => (value) => {
  if (typeof value !== 'object' || value === null) return wrong
  const name = own(value, tag) ? (value as Record<string, unknown>)[tag] : undefined
  const check = typeof name === 'string' && own(table(), name) ? table()[name] : undefined
  return check ? check(value) : typeof name === 'string' ? `.${tag}${unknownMark}${name.slice(0, 60)}` : `.${tag}`
}

const texts = list(text, 10_000)
const zone = list(list(integer, 2, 2), 400)
const filter = shape({
  'skus?': texts, 'tags?': texts, 'notSkus?': texts, 'notTags?': texts, 'priceMin?': amount, 'priceMax?': amount, 'notOnSale?': flag, 'notMemberPriced?': flag,
})
const tiers = list(shape({ from: amount, 'amount?': amount, 'percent?': percent, 'cap?': amount }), 100)
const measured = { 'amount?': amount, 'percent?': percent, 'tiers?': tiers, 'measure?': one('subtotal', 'qty'), 'filter?': filter }
const type = text
const picked = { type, 'filter?': filter, 'maxTimes?': count }
const anyOf = shape({ type, anyOf: texts })

let depth = 0
const nested = (check: () => Check): Check => (value) => {
  if (depth > 16) return wrong
  depth++
  const fault = check()(value)
  depth--
  return fault
}

const condition: Check = union('type', () => conditions)
const several = shape({ type, of: nested(() => list(condition, 50)) })
const conditions: Readonly<Record<string, Check>> = {
  subtotalAtLeast: shape({ type, amount, 'filter?': filter, 'basis?': one('residual', 'original') }),
  qtyAtLeast: shape({ type, qty: count, 'filter?': filter }),
  contains: shape({ type, filter }),
  tier: anyOf,
  audience: anyOf,
  payment: anyOf,
  shippingMethod: anyOf,
  nthOrder: shape({ type, n: count }),
  firstOrder: shape({ type }),
  birthdayMonth: shape({ type, zone }),
  quorum: shape({ type, joined: count }),
  all: several,
  any: several,
  not: shape({ type, of: nested(() => condition) }),
}

const effects: Readonly<Record<string, Check>> = {
  percentOff: shape({ type, on: one('lines', 'order', 'shipping'), 'roundPer?': one('unit'), 'maxUnits?': whole, 'cap?': amount, ...measured }),
  amountOff: shape({ type, per: one('unit', 'qty', 'line', 'order', 'shipping'), 'maxUnits?': whole, ...measured }),
  amountByUnit: shape({ type, first: amount, next: amount, 'maxUnits?': whole, 'filter?': filter }),
  unitGroups: shape({ type, size: count, ...measured }),
  buyGet: shape({
    type, buy: shape({ qty: count, 'filter?': filter }), get: shape({ qty: count, 'filter?': filter, 'percent?': percent }), 'by?': one('line-amount-desc'),
  }),
  nthPercent: shape({ type, n: count, percent, 'scope?': one('all', 'line'), 'repeat?': flag, 'filter?': filter }),
  everyAmountOff: shape({ ...picked, every: when((v: number) => isAmount(v) && v > 0), amount, 'cap?': amount }),
  tieredOff: shape({ type, tiers, 'measure?': one('subtotal', 'qty'), 'filter?': filter }),
  buyXGetY: shape({ ...picked, buy: count, get: count, 'percent?': percent, pick: one('cheapest', 'dearest', 'group') }),
  bundlePrice: shape({ type, items: list(shape({ qty: count, 'filter?': filter }), 20), price: amount, 'maxTimes?': count }),
  nForPrice: shape({ ...picked, n: count, price: amount, 'pick?': one('cheapest', 'dearest') }),
  addOn: shape({ type, price: amount, 'maxUnits?': count, 'filter?': filter }),
  priceTo: shape({ type, price: amount, 'maxUnits?': count, 'filter?': filter }),
  gift: shape({ type, sku: text, qty: count }),
}

const funding = (value: unknown): string | undefined => {
  const fault = shape({ 'brand?': whole, 'store?': whole, 'partner?': whole, 'platform?': whole })(value)
  if (fault !== undefined) return fault
  let sum = 0
  for (const key of Object.keys(value as object)) sum += (value as Record<string, number>)[key] as number
  return sum === 100 ? undefined : wrong
}

const second = when((v: number) => isAmount(v) && v < 86400)
const scope = {
  kind: text, 'order?': integer, 'from?': integer, 'until?': integer, 'channels?': texts, 'stores?': texts, 'optional?': flag,
  'window?': shape({ zone, from: second, to: second, 'days?': list(when((v: number) => isAmount(v) && v > 0 && v < 8), 7), 'dateFrom?': integer, 'dateTo?': integer }),
  'when?': list(condition, 50, 0),
}
const gives = {
  ...scope, effects: list(union('type', () => effects), 50, 0), 'funding?': funding, 'group?': text, 'budget?': amount,
  'limits?': shape({ 'total?': amount, 'perCustomer?': amount }),
}
const points = when((v: number) => isAmount(v) && v > 0 && v <= 1e9)

/** Checks one rule without its id. */
export const rule: Check = union('kind', () => rules)
const rules: Readonly<Record<string, Check>> = {
  settings: shape({
    kind: text,
    'allocation?': one('largest-remainder', 'floor-then-first', 'round-then-first'),
    'rounding?': one('half-up', 'half-down'),
    'combine?': one('all', 'best-per-line', 'best'),
    'maxCoupons?': whole,
    'memberCoupon?': one('skip-lines', 'either-or'),
  }),
  promotion: shape({ ...gives, 'stage?': integer, 'priority?': integer, 'exclusive?': flag, 'codes?': texts, 'codeUntil?': integer }),
  coupon: shape({ ...gives, 'stackable?': flag, 'notWithMemberPrice?': flag }),
  payment: shape({ ...scope, methods: texts, 'atLeast?': amount, 'amount?': amount, 'percent?': percent, 'cap?': amount, 'funding?': funding }),
  burn: shape({ ...scope, points, worth: points, step: points, maxPercent: percent, 'notTags?': texts }),
  earn: shape({ ...scope, per: points, points, 'multiplier?': decimal(1000), mode: one('order', 'line'), 'multiplierAfterFloor?': flag, 'notTags?': texts }),
  tender: shape({ ...scope, unit: points, mode: one('down', 'nearest', 'nearest-down', 'half-even'), scope: one('bill', 'line'), 'methods?': texts }),
  overlay: shape({ kind: text, store: text, rule: text, 'off?': flag, 'optional?': flag }),
}
