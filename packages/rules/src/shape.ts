import { isAmount } from '@omokit/core'
import { sum } from './sum'

/** True, or what is wrong: the path below the value, `""` for the value itself. */
export type Check = (value: unknown, depth?: number) => true | string

/** Stands in a path before the name of a kind, condition or effect that this version does not know. */
export const unknownMark = '?'

/** Keys that several rows share. */
const place = 'order:i,from:i,until:i,window,channels:t*,stores:t*,optional:b'
const scope = place + ',when:?*'
const less = 'amount,percent:d100,cap'
const gives = scope + ',effects=#*,funding,group:t,limits,budget,overlay'
const item = 'qty=N,filter'
const units = 'filter,maxUnits'
const times = 'filter,maxTimes:N'
const tiers = 'filter,tiers:tier*,measure:subtotal|qty'

/**
 * Every shape a row: its name, then `key:type`, or `key=type` where the key must be there. A key that is not named is refused,
 * because it may change the price. Types: n amount, n9 from 0 to 9, N from 1 to 1e9, N9 from 1 to 9, i integer, d9 a decimal, t text,
 * b flag, `x|y` one of these, `*` after a type a list of it, %s a record of s; a name its row; `@`, `?`, `#` the row of that sign
 * and of the kind of a rule, the type of a condition or an effect, which all have it. Without a type: the row of the key's name,
 * else an amount. Of several missing keys the first is named.
 */
const table =
  `tier,${less},from=;` +
  `item,${item};` +
  `got,${item},percent:d100;` +
  'funding,brand:n100,store:n100,partner:n100,platform:n100;' +
  'window,zone=i**,from=n86399,to=n86399,days:N7*,dateFrom:i,dateTo:i;' +
  'filter,skus:t*,tags:t*,notSkus:t*,notTags:t*,priceMin,priceMax,notOnSale:b,notMemberPriced:b;' +
  'overlay,off:b,amount:n*,percent:d100*;' +
  'limits,total,perCustomer;' +
  `@prices,${place},list=t;` +
  `@promotion,${gives},stage:i,priority:i,exclusive:b,codes:t*,codeUntil:i;` +
  '@overlay,store=t,rule=t,off:b,amount,percent:d100,optional:b;' +
  `@coupon,${gives},stackable:b,notWithMemberPrice:b;` +
  `@burn,${scope},points=N,worth=N,step=N,maxPercent=d100,notTags:t*;` +
  `@earn,${scope},points=N1e6,per=N,multiplier:d1000,mode=order|line,multiplierAfterFloor:b,notTags:t*;` +
  `@tender,${scope},unit=N,mode=down|nearest|nearest-down|half-even,scope=bill|line,methods:t*;` +
  '@settings,allocation:largest-remainder|floor-then-first|round-then-first,rounding:half-up|half-down,combine:all|best-per-line|best,maxCoupons,memberCoupon:skip-lines|either-or;' +
  `@payment,${scope},${less},methods=t*,atLeast,funding;` +
  '#gift,sku=t,qty=N;' +
  `#unitGroups,${tiers},amount,percent:d100,size=N;` +
  `#amountOff,${tiers},amount,maxUnits,per=unit|qty|line|order|shipping;` +
  `#percentOff,${tiers},percent:d100,cap,maxUnits,on=lines|order|shipping,roundPer:unit|unit;` +
  `#everyAmountOff,${times},every=N,amount=,cap;` +
  `#buyXGetY,${times},buy=N,get=N,percent:d100,pick=cheapest|dearest|group;` +
  `#nForPrice,${times},n=N,price=,pick:cheapest|dearest;` +
  '#buyGet,buy=item,get=got,by:line-amount-desc|line-amount-desc;' +
  '#bundlePrice,maxTimes:N,items=item*,price=;' +
  `#amountByUnit,${units},first=,next=;` +
  `#addOn,${units},price=;` +
  `#priceTo,${units},price=;` +
  '#tieredOff,filter,tiers=tier*,measure:subtotal|qty;' +
  '#nthPercent,filter,n=N,percent=d100,scope:all|line,repeat:b;' +
  'used,total,mine,spent,joined;' +
  'coupon,coupon=t,item:t;' +
  'line,id=t,sku=t,qty=n5e4,grams:n1e8,labelAmount,uom:t;' +
  'basket,currency=t,channel=t,storeId:t,tier:t,firstOrder:b,birthdayMonth:N12,audience:t*,priorOrders,codes:t*,lines=line*,coupons:coupon*,payment:t,shipping,pointsToBurn:points,usage:%used;' +
  'points,ask=,available=;' +
  'shipping,amount=,method:t;' +
  '?birthdayMonth,zone=i**;' +
  '?tier,anyOf=t*;' +
  '?audience,anyOf=t*;' +
  '?payment,anyOf=t*;' +
  '?shippingMethod,anyOf=t*;' +
  '?not,of=?;' +
  '?all,of=?*;' +
  '?any,of=?*;' +
  '?nthOrder,n=N;' +
  '?quorum,joined=N;' +
  '?qtyAtLeast,qty=N,filter;' +
  '?subtotalAtLeast,amount=,filter,basis:residual|original;' +
  '?contains,filter=;' +
  '?firstOrder'

/** What a value says about which row of a sign it is. */
const telling: Readonly<Record<string, string>> = { '@': 'kind', '?': 'type', '#': 'type' }

const rows: Record<string, readonly string[]> = {}
const made: Record<string, Check> = {}

/** The check of a type, made once. */
export function checkOf(type: string): Check {
  if (!rows['tier'])
    for (const row of table.split(';')) {
      const [name = '', ...words] = row.split(',')
      rows[name] = words
    }
  return made[type] || (made[type] = make(type))
}

/** The plain types; `max` is what stands behind the letter. Each makes a check of its own: it is called for every value of a basket. */
const plain: Readonly<Record<string, (max: number) => Check>> = {
  n: (max) => (v) => (isAmount(v) && v <= (max || v)) || '',
  N: (max) => (v) => (isAmount(v) && v > 0 && v <= (max || 1e9)) || '',
  i: () => (v) => (typeof v === 'number' && isAmount(Math.abs(v))) || '',
  // At most six places.
  d: (max) => (v) => (typeof v === 'number' && v >= 0 && v <= max && Math.round(v * 1e6) / 1e6 === v) || '',
  t: () => (v) => (typeof v === 'string' && v && v.length <= 200) || '',
  b: () => (v) => v === !!v || '',
}

function make(type: string): Check {
  const sign = type[0] as string
  const rest = type.slice(1)
  const key = telling[sign] as string
  const row = rows[type] || (type.indexOf(',') > 0 && type.split(','))
  if (type.slice(-1) === '*') {
    const each = checkOf(type.slice(0, -1))
    return (value, depth) => {
      if (!Array.isArray(value) || value.length > 1e4) return ''
      for (let i = 0; i < value.length; i++) {
        const fault = each(value[i], depth)
        if (fault !== true) return '.' + i + fault
      }
      return true
    }
  }
  if (row) return shape(key ? row.concat(key + ':t') : row)
  if (type.indexOf('|') > 0) return (value) => type.split('|').indexOf(value as string) >= 0 || ''
  if (plain[sign]) return plain[sign](Number(rest))
  return (value, depth = 0) => {
    if (Object(value) !== value) return ''
    const from = value as Readonly<Record<string, unknown>>
    if (!key) {
      for (const name in from) if (checkOf(rest)(from[name]) !== true) return '.' + name
      return true
    }
    const kind = from[key]
    if (typeof kind !== 'string' || depth > 16) return '.' + key
    return rows[sign + kind] ? checkOf(sign + kind)(value, depth + 1) : '.' + key + unknownMark + kind
  }
}

function shape(row: readonly string[]): Check {
  const names: string[] = []
  const checks: Check[] = []
  const musts: number[] = []
  for (const word of row) {
    const [name = '', type] = word.split(/[:=]/)
    // The name as a key is the very text that a value of the shape has: these two are told apart without reading them.
    names.push(...Object.keys({ [name]: 0 }))
    checks.push(checkOf(type || (rows[name] ? name : 'n')))
    musts.push(word.split('=').length - 1)
  }
  const least = sum(musts)
  return (value, depth) => {
    if (Object(value) !== value) return ''
    const from = value as Readonly<Record<string, unknown>>
    let at = -1
    let found = 0
    for (const key in from) {
      const one = from[key]
      if (one === undefined) continue
      // Keys mostly come in the order of the shape.
      if (names[++at] !== key) at = names.indexOf(key)
      const fault = at < 0 ? '' : (checks[at] as Check)(one, depth)
      if (fault !== true) return '.' + key + fault
      found += musts[at] as number
    }
    return found === least || '.' + names.filter((name, i) => musts[i] && from[name] === undefined)[0]
  }
}
