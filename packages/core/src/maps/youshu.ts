import type { Json } from '../facts'
import { accept, type Issue, refuse, type Result } from '../issues'
import { decimalOf, minorOf } from './decimal-money'
import { timeOf } from './foreign-time'
import { idOf, type Foreign, type Incoming, isForeign, type MapOptions, type MappedEvent, type Outgoing, present } from './mapped-event'
import { ownKind } from './segment'
import { inward } from './translate'

/** An event of 腾讯有数 (sr-sdk): its name and the groups of its parameters. */
export interface YoushuEvent {
  readonly type: string
  /** Milliseconds, 13 digits. */
  readonly time?: number
  readonly props: Readonly<Record<string, Json>>
}

/** What 有数 needs or says otherwise than omokit. */
export interface YoushuOptions extends MapOptions {
  /**
   * 有数 sends how many of an article are in the cart AFTER the change, omokit how many went in or out. In: the level before, as the receiver
   * remembers it. Out: the level after.
   */
  readonly level?: (sku: string) => number | undefined
  /** `pay` was "paid" in one generation of the specification and "began to pay" in the next, which has `payed`: default the next. */
  readonly pay?: 'paid' | 'started'
}

/** Kinds whose body is one article. */
const articles: Readonly<Record<string, string>> = {
  'Product Viewed': 'browse_sku_page',
  'Product Clicked': 'trigger_sku_component',
  'Product Added to Wishlist': 'sku_collect',
}
const orders: Readonly<Record<string, string>> = {
  'Checkout Started': 'give_order',
  'Payment Info Entered': 'pay',
  'Order Completed': 'payed',
  'Order Cancelled': 'cancel_give_order',
  'Order Refunded': 'refund',
}

/**
 * An omokit event for 有数. Amounts are float yuan there and nothing but yuan: another currency is refused as `currency-mismatch`. Kinds it has no event
 * for are refused as `unknown-kind`. `lost` names what has no place there.
 */
export function toYoushu(event: MappedEvent, options: YoushuOptions = {}): Result<Outgoing<YoushuEvent>> {
  const { kind, body, at } = event
  const currency = idOf(body['currency']) || options.currency || 'CNY'
  if (currency !== 'CNY') return refuse('currency-mismatch', { path: 'currency', have: currency, need: 'CNY' })
  const lost: string[] = []
  const used = ['userId', 'anonId', 'staffId']
  const take = (field: string): Json | undefined => {
    used.push(field)
    return body[field]
  }
  const yuan = (amount: Json | undefined): number | undefined => (typeof amount === 'number' ? decimalOf(amount, 'CNY') : undefined)
  const group = (fields: Readonly<Record<string, Json | undefined>>): Json | undefined => {
    const kept = present(fields)
    return Object.keys(kept).length ? kept : undefined
  }
  let type: string
  let props: Readonly<Record<string, Json | undefined>>
  if (body['currency'] !== undefined) used.push('currency')
  if (Object.prototype.hasOwnProperty.call(articles, kind) || kind === 'Product Added' || kind === 'Product Removed') {
    const sku = idOf(take('sku'))
    if (sku === undefined) return refuse('invalid', { path: 'sku', have: 'nothing', need: 'string' })
    const price = yuan(take('price'))
    const cart = articles[kind] === undefined
    type = articles[kind] || 'add_to_cart'
    const level = cart && options.level ? options.level(sku) : undefined
    if (level !== undefined) used.push('quantity')
    props = {
      sku: group({ sku_id: sku, sku_name: take('name') }),
      // both or neither
      sale: price === undefined ? undefined : { original_price: price, current_price: price },
      action_type: cart ? (kind === 'Product Added' ? 'append_to_cart' : 'remove_from_cart') : undefined,
      sku_num: level,
    }
  } else if (Object.prototype.hasOwnProperty.call(orders, kind)) {
    type = 'custom_order'
    const total = kind === 'Checkout Started' ? take('value') : take('total')
    const products = take('products')
    props = {
      order: group({ order_id: take('order'), order_time: at, order_status: orders[kind] }),
      sub_orders:
        typeof total === 'number' ? [{ sub_order_id: body['order'] as Json, order_amt: yuan(total) as number, pay_amt: yuan(total) as number }] : undefined,
      skus: Array.isArray(products)
        ? products.map((one: Json, i) => {
            const { sku, quantity, price, name, currency: own, ...rest } = one as Readonly<Record<string, Json>>
            for (const field of Object.keys(rest)) lost.push(`products.${i}.${field}`)
            if (own !== undefined && own !== currency) lost.push(`products.${i}.currency`)
            return present({ sku_id: sku, sku_name: name, sku_num: quantity, price: yuan(price) })
          })
        : undefined,
    }
  } else if (kind === 'Products Searched') {
    type = 'search'
    props = { keyword: take('query') }
  } else if (kind === 'Screen Viewed') {
    type = 'browse_wxapp_page'
    // a page has no leading slash there
    const page = String(take('name'))
    if (page.charAt(0) === '/') lost.push('name')
    props = { page: page.replace(/^\//, '') }
  } else return refuse('unknown-kind', { have: kind })
  for (const field of Object.keys(body)) if (used.indexOf(field) < 0 && body[field] !== undefined) lost.push(field)
  if (event.id !== undefined) lost.push('id')
  const all = present(Object.assign({}, props, { wx_user: group({ local_id: body['anonId'], user_id: body['userId'] }), guide_id: body['staffId'] }))
  return accept({ message: Object.assign({ type, props: all }, at !== undefined && { time: at }), lost })
}

/**
 * What an event of 有数 says. A cart's change whose level before is not known becomes `x:Cart Level Told` with the level: a guess is not made. Events
 * omokit has no kind for (`consume_coupon`, `trigger_coupon`, …) become `x:` and the name. Issues: `invalid`, `not-an-amount` with their path.
 */
export function fromYoushu(event: unknown, options: YoushuOptions = {}): Result<Incoming> {
  if (!isForeign(event) || typeof event['type'] !== 'string' || !event['type']) return refuse('invalid', { path: 'type' })
  const props: Foreign = isForeign(event['props']) ? event['props'] : {}
  const issues: Issue[] = []
  const currency = options.currency || 'CNY'
  const amount = (value: unknown, path: string): number | undefined => {
    if (value === undefined || value === null || value === '') return undefined
    const minor = minorOf(value, currency)
    if (minor.ok) return minor.value
    issues.push(Object.assign({}, minor.issues[0] as Issue, { path: `props.${path}` }))
    return undefined
  }
  const part = (name: string): Foreign => (isForeign(props[name]) ? (props[name] as Foreign) : {})
  const [user, sku, sale, order, chan] = [part('wx_user'), part('sku'), part('sale'), part('order'), part('chan')]
  const about = {
    anonId: idOf(user['local_id']) || idOf(user['open_id']),
    userId: idOf(user['user_id']),
    staffId: idOf(props['guide_id']),
    storeId: idOf(chan['chan_shop_id']),
  }
  const name = event['type']
  const price = amount(sale['current_price'], 'sale.current_price')
  const article = { sku: idOf(sku['sku_id']), name: idOf(sku['sku_name']), price, currency: price === undefined ? undefined : currency }
  let kind = Object.keys(articles).filter((one) => articles[one] === name)[0]
  let body: Readonly<Record<string, Json | undefined>> = article
  if (name === 'expose_sku_component') {
    kind = 'Product List Viewed'
    body = { products: [present(article)] }
  } else if (name === 'add_to_cart') {
    const after = Number(props['sku_num'])
    const before = article.sku !== undefined && options.level ? options.level(article.sku) : undefined
    if (before === undefined || !(after >= 0) || before === after) {
      kind = 'x:Cart Level Told'
      body = Object.assign({}, article, { level: after >= 0 ? after : undefined, action: idOf(props['action_type']) })
    } else {
      kind = after > before ? 'Product Added' : 'Product Removed'
      body = Object.assign({}, article, { quantity: Math.abs(after - before) })
    }
  } else if (name === 'custom_order') {
    const status = idOf(order['order_status']) || ''
    const means = status === 'pay' && options.pay === 'paid' ? 'payed' : status
    kind = Object.keys(orders).filter((one) => orders[one] === means)[0] || `x:custom_order ${status}`.slice(0, 62)
    const subs = Array.isArray(props['sub_orders']) ? props['sub_orders'].filter(isForeign) : []
    const sums = subs.map((one, i) => amount(one['pay_amt'] === undefined ? one['order_amt'] : one['pay_amt'], `sub_orders.${i}`))
    const total = subs.length ? sums.reduce<number>((sum, one) => sum + (one || 0), 0) : undefined
    const products = Array.isArray(props['skus'])
      ? props['skus'].filter(isForeign).map((one, i) =>
          present({
            sku: idOf(one['sku_id']),
            name: idOf(one['sku_name']),
            quantity: typeof one['sku_num'] === 'number' ? one['sku_num'] : undefined,
            price: amount(one['price'], `skus.${i}.price`),
          }),
        )
      : undefined
    const listed = kind === 'Checkout Started' || kind === 'Order Completed' ? products || [] : products
    body = { order: idOf(order['order_id']), currency, [kind === 'Checkout Started' ? 'value' : 'total']: total, products: listed }
    if (kind === 'Payment Info Entered') body = { order: idOf(order['order_id']) }
  } else if (name === 'search') {
    kind = 'Products Searched'
    body = { query: idOf(props['keyword']) || '' }
  } else if (name === 'browse_wxapp_page') {
    kind = 'Screen Viewed'
    body = { name: idOf(props['page']) || '' }
  } else if (!kind) {
    kind = ownKind(name)
    // what is said in its own place is not said twice
    const { wx_user: _, uuid: _id, time: _time, guide_id: _guide, ...rest } = props
    body = inward(rest, { names: {} }, currency, issues, 'props.')
  }
  if (issues.length) return { ok: false, issues }
  const at = timeOf(event['time']) || timeOf(props['time'])
  const id = idOf(props['uuid'])
  return accept({ events: [Object.assign({ kind, body: present(Object.assign({}, body, about)) }, at !== undefined && { at }, id !== undefined && { id })] })
}
