import { factKinds } from '../fact-kinds'
import type { FactBody, Json } from '../facts'
import { accept, type Issue, refuse, type Result } from '../issues'
import { timeOf } from './foreign-time'
import { type Foreign, idOf, type Incoming, isForeign, type MapOptions, type MappedEvent, type Outgoing, present, snake } from './mapped-event'
import { ownKind } from './segment'
import { inward, outward, type Words } from './translate'

/** One event of the GA4 Measurement Protocol. */
export interface Ga4Event {
  readonly name: string
  readonly params: Readonly<Record<string, Json>>
}

/** A payload of the GA4 Measurement Protocol (`/mp/collect`). */
export interface Ga4Payload {
  readonly client_id?: string
  readonly user_id?: string
  readonly timestamp_micros?: number
  readonly events: readonly Ga4Event[]
}

const product: Words = {
  names: { sku: 'item_id', name: 'item_name', category: 'item_category', brand: 'item_brand', variant: 'item_variant', position: 'index' },
}
const words = (names: Readonly<Record<string, string>>): Words => ({
  names: Object.assign({ products: 'items', storeId: 'location_id' }, names),
  inside: { products: product },
})
const order = words({ order: 'transaction_id', total: 'value' })

/** Kinds that GA4 has a recommended event for, with what its parameters are called. */
const recommended: Readonly<Record<string, readonly [name: string, words: Words]>> = {
  'Page Viewed': ['page_view', words({ path: 'page_location', title: 'page_title', referrer: 'page_referrer' })],
  'Screen Viewed': ['screen_view', words({ name: 'screen_name' })],
  'Products Searched': ['search', words({ query: 'search_term' })],
  'Product List Viewed': ['view_item_list', words({ list: 'item_list_id', category: 'item_list_name' })],
  'Product Clicked': ['select_item', words({})],
  'Product Viewed': ['view_item', words({})],
  'Product Added': ['add_to_cart', words({})],
  'Product Removed': ['remove_from_cart', words({})],
  'Product Added to Wishlist': ['add_to_wishlist', words({})],
  'Cart Viewed': ['view_cart', words({})],
  'Checkout Started': ['begin_checkout', words({})],
  'Payment Info Entered': ['add_payment_info', words({ paymentMethod: 'payment_type' })],
  'Promotion Viewed': ['view_promotion', words({ promotion: 'promotion_id', name: 'promotion_name', creative: 'creative_name', position: 'creative_slot' })],
  'Promotion Clicked': ['select_promotion', words({ promotion: 'promotion_id', name: 'promotion_name', creative: 'creative_name', position: 'creative_slot' })],
  'Order Completed': ['purchase', order],
  'Order Refunded': ['refund', order],
  'Points Earned': ['earn_virtual_currency', words({ points: 'value' })],
  'Points Redeemed': ['spend_virtual_currency', words({ points: 'value' })],
}
const plain = words({})
const rowOf = (kind: string): readonly [string, Words] =>
  (Object.prototype.hasOwnProperty.call(recommended, kind) && recommended[kind]) || [snake(kind.replace(/^x:/, '')).replace(/\W/g, '_').slice(0, 40), plain]

/** The kinds whose body is one product; GA4 puts it into a list of items. */
const single = ['Product Clicked', 'Product Viewed', 'Product Added', 'Product Removed', 'Product Added to Wishlist']
/** What of such a body is about the product; the rest stays beside the list. */
const ofProduct = ['sku', 'name', 'gtin', 'category', 'brand', 'variant', 'price', 'quantity', 'position', 'coupon']

/**
 * An omokit event as a GA4 payload with one event. `lost` names what GA4 has no place for: lists and objects beside the items, all coupons of an
 * order but the first, and the name of a brand's own event where GA4's 40 letters spell it otherwise. Issues: `unknown-currency`; `currency-mismatch` when a
 * product has another currency than its event.
 */
export function toGa4(event: MappedEvent, options: MapOptions = {}): Result<Outgoing<Ga4Payload>> {
  const { anonId, userId, ...fields } = event.body
  const lost: string[] = event.id === undefined ? [] : ['id']
  const issues: Issue[] = []
  const [name, its] = rowOf(event.kind)
  let body: Record<string, Json | undefined> = Object.assign({}, fields)
  const currency = idOf(body['currency']) || options.currency
  if (single.indexOf(event.kind) >= 0) {
    const one: Record<string, Json> = {}
    for (const field of ofProduct) {
      if (body[field] === undefined) continue
      one[field] = body[field] as Json
      delete body[field]
    }
    body = Object.assign(body, { products: [one] })
  }
  const { products } = body
  if (Array.isArray(products))
    body['products'] = products.map((given: Json, i) => {
      const { currency: theirs, ...one } = given as FactBody
      if (theirs === undefined) return one as Json
      if (theirs === currency) lost.push(`products.${i}.currency`)
      else issues.push({ code: 'currency-mismatch', path: `products.${i}.currency`, have: String(theirs), need: String(currency) })
      return one as Json
    })
  const coupons = body['coupons']
  if (Array.isArray(coupons)) {
    delete body['coupons']
    if (coupons.length) body['coupon'] = coupons[0] as string
    else lost.push('coupons')
    for (let i = 1; i < coupons.length; i++) lost.push(`coupons.${i}`)
  }
  for (const field of Object.keys(body)) {
    const value = body[field]
    if (field === 'products' || typeof value !== 'object' || value === null) continue
    lost.push(field)
    delete body[field]
  }
  const params = outward(body as FactBody, its, currency, lost, issues)
  if (issues.length) return { ok: false, issues }
  if (kindOf(name) !== event.kind) lost.push('kind')
  const about = present({ client_id: anonId, user_id: userId, timestamp_micros: event.at === undefined ? undefined : event.at * 1000 })
  return accept({ message: Object.assign(about, { events: [{ name, params }] }) as Ga4Payload, lost })
}

/**
 * What a GA4 payload says: an event with several items about a product alone becomes one event for each. A name omokit does not know becomes
 * `x:` and the name. Issues as {@link toGa4}, `invalid` and `not-an-amount` with their path.
 */
export function fromGa4(payload: unknown, options: MapOptions = {}): Result<Incoming> {
  if (!isForeign(payload) || !Array.isArray(payload['events'])) return refuse('invalid', { path: 'events', need: 'array' })
  const events: MappedEvent[] = []
  const issues: Issue[] = []
  const at = timeOf(payload['timestamp_micros'])
  const ids = present({ anonId: idOf(payload['client_id']), userId: idOf(payload['user_id']) })
  payload['events'].slice(0, 1000).forEach((event: unknown, i) => {
    if (!isForeign(event) || typeof event['name'] !== 'string' || !event['name']) {
      issues.push({ code: 'invalid', path: `events.${i}.name` })
      return
    }
    const kind = kindOf(event['name'])
    const params: Foreign = isForeign(event['params']) ? event['params'] : {}
    const body = inward(params, rowOf(kind)[1], idOf(params['currency']) || options.currency, issues, `events.${i}.params.`)
    const products = body['products']
    const when = timeOf(event['timestamp_micros']) || at
    const add = (more: Readonly<Record<string, Json>>): unknown =>
      events.push(Object.assign({ kind, body: Object.assign({}, body, more, ids) }, when !== undefined && { at: when }))
    if (single.indexOf(kind) >= 0 && Array.isArray(products)) {
      delete body['products']
      // the sum over the items
      delete body['value']
      products.forEach((one: Json) => isForeign(one) && add(one as Record<string, Json>))
    } else {
      if (kind === 'Order Completed' && typeof body['coupon'] === 'string') {
        body['coupons'] = [body['coupon']]
        delete body['coupon']
      }
      add({})
    }
  })
  return issues.length ? { ok: false, issues } : accept({ events })
}

function kindOf(name: string): string {
  for (const kind of Object.keys(recommended)) if ((recommended[kind] as readonly [string, Words])[0] === name) return kind
  for (const kind of Object.keys(factKinds)) if (snake(kind) === name) return kind
  return ownKind(name)
}
