import { isAmount } from '@omokit/core'

/** Says what is wrong: the path below the value, `""` for the value itself; undefined when nothing is. */
export type Check = (value: unknown, depth?: number) => string | undefined

/** Stands in a path before the name of a kind, condition or effect that this version does not know. */
export const unknownMark = '?'

/**
 * Every shape a row: its names, then `key:type`, `!` after a key that must be there; `+` before a row whose keys it shares. A key
 * that is not named is refused, because it may change the price. Types: n amount (also without a type), n9 from 0 to 9, N from 1 to
 * 1e9, N9 from 1 to 9, i integer, d9 a decimal, t text, b flag, `x|y` one of these, `*` after a type a list of it, %s a record of s;
 * a name its row; `@kind`, `?type`, `=type` the row of the same sign and the value of that key, a rule, a condition or an effect,
 * which all have it.
 */
const table = `
place order:i from:i until:i window:window channels:t* stores:t* optional:b
scope +place when:?type*
gives +scope effects!:=type* funding:funding group:t limits:limits budget overlay:overlay
units filter:filter maxUnits
times filter:filter maxTimes:N
tiered amount percent:d100 cap
tiers filter:filter tiers:tier* measure:subtotal|qty
@settings allocation:largest-remainder|floor-then-first|round-then-first rounding:half-up|half-down combine:all|best-per-line|best maxCoupons memberCoupon:skip-lines|either-or
@promotion +gives stage:i priority:i exclusive:b codes:t* codeUntil:i
@coupon +gives stackable:b notWithMemberPrice:b
@payment +scope +tiered methods!:t* atLeast funding:funding
@burn +scope points!:N worth!:N step!:N maxPercent!:d100 notTags:t*
@earn +scope points!:N1e6 per!:N multiplier:d1000 mode!:order|line multiplierAfterFloor:b notTags:t*
@tender +scope unit!:N mode!:down|nearest|nearest-down|half-even scope!:bill|line methods:t*
@prices +place list!:t
@overlay store!:t rule!:t off:b amount percent:d100 optional:b
overlay off:b amount:n* percent:d100*
window zone!:i** from!:n86399 to!:n86399 days:N7* dateFrom:i dateTo:i
funding brand:n100 store:n100 partner:n100 platform:n100
limits total perCustomer
filter skus:t* tags:t* notSkus:t* notTags:t* priceMin priceMax notOnSale:b notMemberPriced:b
tier +tiered from!
item qty!:N filter:filter
got +item percent:d100
?subtotalAtLeast amount! filter:filter basis:residual|original
?qtyAtLeast qty!:N filter:filter
?contains filter!:filter
?tier,?audience,?payment,?shippingMethod anyOf!:t*
?nthOrder n!:N
?birthdayMonth zone!:i**
?quorum joined!:N
?all,?any of!:?type*
?not of!:?type
?firstOrder
=percentOff +tiers percent:d100 cap maxUnits on!:lines|order|shipping roundPer:unit|unit
=amountOff +tiers amount maxUnits per!:unit|qty|line|order|shipping
=unitGroups +tiers amount percent:d100 size!:N
=amountByUnit +units first! next!
=tieredOff filter:filter tiers!:tier* measure:subtotal|qty
=buyGet buy!:item get!:got by:line-amount-desc|line-amount-desc
=nthPercent filter:filter n!:N percent!:d100 scope:all|line repeat:b
=everyAmountOff +times every!:N amount! cap
=buyXGetY +times buy!:N get!:N percent:d100 pick!:cheapest|dearest|group
=bundlePrice maxTimes:N items!:item* price!
=nForPrice +times n!:N price! pick:cheapest|dearest
=addOn,=priceTo +units price!
=gift sku!:t qty!:N
basket currency!:t channel!:t storeId:t tier:t firstOrder:b birthdayMonth:N12 audience:t* priorOrders codes:t* lines!:line* coupons:coupon* payment:t shipping:shipping pointsToBurn:points usage:%used
line id!:t sku!:t qty!:n5e4 grams:n1e8 labelAmount uom:t
coupon coupon!:t item:t
shipping amount! method:t
points ask! available!
used total mine spent joined`

const rows = /* @__PURE__ */ new Map<string, readonly string[]>()
const made = /* @__PURE__ */ new Map<string, Check>()

/** The check of a type, made once. */
export function checkOf(type: string): Check {
  if (!rows.size)
    for (const row of table.split('\n')) {
      const [names = '', ...keys] = row.split(' ')
      for (const name of names.split(',')) rows.set(name, name[0] === '@' ? keys.concat('kind:t') : /\w/.test(name[0] as string) ? keys : keys.concat('type:t'))
    }
  let check = made.get(type)
  if (!check) made.set(type, (check = make(type)))
  return check
}

/** The plain types; `max` is what stands behind the letter. Each makes a check of its own: it is called for every value of a basket. */
const plain: Readonly<Record<string, (max: number) => Check>> = {
  n: (max) => (v) => (isAmount(v) && v <= (max || v) ? undefined : ''),
  N: (max) => (v) => (isAmount(v) && v && v <= (max || 1e9) ? undefined : ''),
  i: () => (v) => (typeof v === 'number' && Math.floor(v) === v && Math.abs(v) <= 1e13 ? undefined : ''),
  // At most six places: then the text of the number is its exact value.
  d: (max) => (v) => (typeof v === 'number' && v <= max && /^\d+(\.\d{1,6})?$/.test(String(v)) ? undefined : ''),
  t: () => (v) => (typeof v === 'string' && v && v.length <= 200 ? undefined : ''),
  b: () => (v) => (v === !!v ? undefined : ''),
}

function make(type: string): Check {
  if (type.indexOf(' ') > 0) return shape(type.split(' '))
  const sign = type[0] as string
  const rest = type.slice(1)
  if (type.slice(-1) === '*') {
    const each = checkOf(type.slice(0, -1))
    return (value, depth) => {
      if (!Array.isArray(value) || value.length > 1e4) return ''
      for (let i = 0; i < value.length; i++) {
        const fault = each(value[i], depth)
        if (fault !== undefined) return `.${i}${fault}`
      }
      return undefined
    }
  }
  const row = rows.get(type)
  if (row) return shape(row)
  if (type.indexOf('|') > 0) return (value) => (type.split('|').indexOf(value as string) < 0 ? '' : undefined)
  const check = plain[sign]
  if (check) return check(Number(rest))
  return (value, depth = 0) => {
    if (Object(value) !== value) return ''
    const from = value as Readonly<Record<string, unknown>>
    if (sign === '%') {
      for (const key in from) if (checkOf(rest)(from[key]) !== undefined) return `.${key}`
      return undefined
    }
    const kind = from[rest]
    if (typeof kind !== 'string' || depth > 16) return `.${rest}`
    return rows.has(sign + kind) ? checkOf(sign + kind)(value, depth + 1) : `.${rest}${unknownMark}${kind}`
  }
}

function shape(row: readonly string[]): Check {
  const names: string[] = []
  const checks: Check[] = []
  const required: string[] = []
  const weights: number[] = []
  const read = (words: readonly string[]): void =>
    words.forEach((word) => {
      const [, plus, name = '', must, type] = /(\+?)(\w+)(!?):?(.*)/.exec(word) as RegExpExecArray
      if (plus) return read(rows.get(name) as readonly string[])
      names.push(name)
      checks.push(checkOf(type || 'n'))
      weights.push(must ? 1 : 0)
      if (must) required.push(name)
    })
  read(row)
  return (value, depth) => {
    if (Object(value) !== value) return ''
    const from = value as Readonly<Record<string, unknown>>
    let at = -1
    let left = required.length
    for (const key in from) {
      const one = from[key]
      if (one === undefined) continue
      // Keys mostly come in the order of the shape.
      if (names[++at] !== key) at = names.indexOf(key)
      const fault = at < 0 ? '' : (checks[at] as Check)(one, depth)
      if (fault !== undefined) return `.${key}${fault}`
      left -= weights[at] as number
    }
    return left ? `.${required.filter((key) => from[key] === undefined)[0]}` : undefined
  }
}
