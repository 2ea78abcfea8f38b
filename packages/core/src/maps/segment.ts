import { factKinds } from '../fact-kinds'
import type { FactBody, Json } from '../facts'
import { accept, type Issue, type Refusal, refuse, type Result } from '../issues'
import { timeOf } from './foreign-time'
import { type Foreign, idOf, type Incoming, isForeign, type MapOptions, type MappedEvent, type Outgoing, present } from './mapped-event'
import { inward, outward, type Words } from './translate'

/** A message of Segment's HTTP API and of what speaks it (RudderStack, Jitsu). */
export interface SegmentMessage {
  readonly type: 'track' | 'page' | 'screen'
  readonly event?: string
  readonly name?: string
  readonly messageId?: string
  /** ISO 8601. */
  readonly timestamp?: string
  readonly anonymousId?: string
  readonly userId?: string
  readonly properties: Readonly<Record<string, Json>>
}

const product: Words = { names: {} }
const common: Words = {
  names: {
    order: 'order_id',
    cart: 'cart_id',
    list: 'list_id',
    wishlist: 'wishlist_id',
    promotion: 'promotion_id',
    storeId: 'store_id',
    staffId: 'staff_id',
    paymentMethod: 'payment_method',
    shippingMethod: 'shipping_method',
    returnDocument: 'return_document',
  },
  inside: { products: product },
}
/** In a coupon's event Segment calls the coupon by its id and what it took off its discount. */
const coupon: Words = { names: Object.assign({}, common.names, { coupon: 'coupon_id', item: 'coupon_instance_id', amount: 'discount' }) }

const wordsOf = (kind: string): Words => (kind.slice(0, 7) === 'Coupon ' ? coupon : common)

/**
 * An omokit event as a Segment message: the same name, amounts as decimals, `order` as `order_id`. Issues: `unknown-currency` when there are
 * amounts and nothing says their currency. Nothing of the contract is lost; a brand's own field called as one of Segment's is.
 */
export function toSegment(event: MappedEvent, options: MapOptions = {}): Result<Outgoing<SegmentMessage>> {
  const { anonId, userId, ...body } = event.body
  const issues: Issue[] = []
  const lost: string[] = []
  const currency = idOf(body['currency']) || options.currency
  const properties = outward(body as FactBody, wordsOf(event.kind), currency, lost, issues)
  if (issues.length) return { ok: false, issues }
  const about = present({
    messageId: event.id,
    timestamp: event.at === undefined ? undefined : new Date(event.at).toISOString(),
    anonymousId: anonId,
    userId,
  })
  const kind = event.kind
  const said: Pick<SegmentMessage, 'type' | 'event' | 'name'> =
    kind === 'Page Viewed'
      ? { type: 'page' }
      : kind === 'Screen Viewed'
        ? { type: 'screen', name: String(properties['name'] || '') }
        : { type: 'track', event: kind }
  return accept({ message: Object.assign(said, about, { properties }) as SegmentMessage, lost })
}

/**
 * What a Segment message says. A name that is no kind of omokit becomes `x:` and the name. Issues: `unknown-kind` for identify, group and alias, `invalid`
 * for what is no message, `not-an-amount` and `unknown-currency` with the path of the amount.
 */
export function fromSegment(message: unknown, options: MapOptions = {}): Result<Incoming> {
  if (!isForeign(message)) return refuse('invalid', { need: 'object' })
  const { type, event, name } = message
  const properties: Foreign = isForeign(message['properties']) ? message['properties'] : {}
  let kind: string
  if (type === 'track') {
    if (typeof event !== 'string' || !event) return refuse('invalid', { path: 'event' })
    kind = Object.prototype.hasOwnProperty.call(factKinds, event) ? event : ownKind(event)
  } else if (type === 'page' || type === 'screen') kind = type === 'page' ? 'Page Viewed' : 'Screen Viewed'
  else return refuse('unknown-kind', { path: 'type', have: String(type).slice(0, 40) })
  const issues: Issue[] = []
  const currency = idOf(properties['currency']) || options.currency
  const body = inward(properties, wordsOf(kind), currency, issues, 'properties.')
  if (issues.length) return { ok: false, issues } satisfies Refusal
  for (const one of [body].concat((Array.isArray(body['products']) ? body['products'] : []) as Record<string, Json>[])) {
    // many senders fill only the product's id
    if (isForeign(one) && one['sku'] === undefined && idOf(one['product_id']) !== undefined) one['sku'] = idOf(one['product_id']) as string
  }
  if (kind === 'Screen Viewed' && body['name'] === undefined && typeof name === 'string') body['name'] = name
  Object.assign(body, present({ anonId: idOf(message['anonymousId']), userId: idOf(message['userId']) }))
  const at = timeOf(message['timestamp']) || timeOf(message['originalTimestamp'])
  const id = idOf(message['messageId'])
  return accept({ events: [Object.assign({ kind, body }, at !== undefined && { at }, id !== undefined && { id })] })
}

/** A vendor's name as a brand's own kind. */
export const ownKind = (name: string): string => (/^x:./.test(name) ? name : 'x:' + name).slice(0, 62)
