import { factKinds } from '../fact-kinds'
import type { FactBody, Json } from '../facts'
import { accept, type Issue, refuse, type Result } from '../issues'
import { timeOf } from './foreign-time'
import { type Foreign, idOf, type Incoming, isForeign, type MapOptions, type MappedEvent, type Outgoing, present } from './mapped-event'
import { ownKind } from './segment'
import { inward, outward, type Words } from './translate'

/** A record of 神策 (Sensors Analytics), type `track`. */
export interface SensorsMessage {
  readonly type: 'track'
  readonly event: string
  /** Milliseconds. */
  readonly time?: number
  readonly distinct_id: string
  readonly anonymous_id?: string
  readonly login_id?: string
  readonly _track_id?: string
  readonly properties: Readonly<Record<string, Json>>
}

const preset: Readonly<Record<string, readonly [name: string, words: Words]>> = {
  'Page Viewed': ['$pageview', { names: { path: '$url', title: '$title', referrer: '$referrer' } }],
  'Screen Viewed': ['$MPViewScreen', { names: { name: '$url_path' } }],
}
const plain: Words = { names: {} }
const rowOf = (kind: string): readonly [string, Words] =>
  (Object.prototype.hasOwnProperty.call(preset, kind) && preset[kind]) || [
    kind
      .replace(/^x:/, '')
      .replace(/[^\w$]/g, '')
      .slice(0, 100),
    plain,
  ]

/** A list of products is three lists of texts there: a property is a text, a number, a truth value or a list of texts. */
const columns = [
  ['sku', 'product_skus'],
  ['quantity', 'product_quantities'],
  ['price', 'product_prices'],
] as const

/**
 * An omokit event as a record of 神策. There is no public standard of its retail events: names are omokit's without spaces (`ProductViewed`), presets where
 * there are (`$pageview`, `$MPViewScreen`). `lost` names objects, lists that are not of texts, and all of a product in a list but sku, quantity and price.
 * Issues: `unknown-currency`; `invalid` without a visitor or member, which every record must have.
 */
export function toSensors(event: MappedEvent, options: MapOptions = {}): Result<Outgoing<SensorsMessage>> {
  const { anonId, userId, ...fields } = event.body
  const distinct = idOf(userId) || idOf(anonId)
  if (distinct === undefined) return refuse('invalid', { path: 'anonId', have: 'nothing', need: 'anonId or userId' })
  const lost: string[] = []
  const issues: Issue[] = []
  const [name, its] = rowOf(event.kind)
  const body: Record<string, Json | undefined> = Object.assign({}, fields)
  const currency = idOf(body['currency']) || options.currency
  const { products } = body
  const lists: Record<string, Json> = {}
  if (Array.isArray(products) && products.every((one) => isForeign(one) && typeof one['sku'] === 'string')) {
    delete body['products']
    const rows = (products as readonly Json[]).map((one, i) => outward(one as FactBody, plain, currency, lost, issues, `products.${i}.`))
    for (const [field, column] of columns)
      if (field === 'sku' || rows.some((row) => row[field] !== undefined))
        lists[column] = rows.map((row) => (row[field] === undefined ? '' : String(row[field])))
    rows.forEach((row, i) => {
      for (const field of Object.keys(row)) if (!columns.some(([known]) => known === field)) lost.push(`products.${i}.${field}`)
    })
  }
  for (const field of Object.keys(body)) {
    const value = body[field]
    if (typeof value !== 'object' || (Array.isArray(value) && value.every((one) => typeof one === 'string'))) continue
    lost.push(field)
    delete body[field]
  }
  const properties = Object.assign(outward(body as FactBody, its, currency, lost, issues), lists)
  if (issues.length) return { ok: false, issues }
  if (kindOf(name) !== event.kind) lost.push('kind')
  const about = present({ time: event.at, anonymous_id: anonId, login_id: userId, _track_id: event.id })
  return accept({ message: Object.assign({ type: 'track', event: name, distinct_id: distinct, properties }, about) as SensorsMessage, lost })
}

/** What a record of 神策 says. Issues: `unknown-kind` for other types than track, `invalid`, `not-an-amount`, `unknown-currency` with their path. */
export function fromSensors(message: unknown, options: MapOptions = {}): Result<Incoming> {
  if (!isForeign(message)) return refuse('invalid', { need: 'object' })
  if (message['type'] !== 'track') return refuse('unknown-kind', { path: 'type', have: String(message['type']).slice(0, 40) })
  if (typeof message['event'] !== 'string' || !message['event']) return refuse('invalid', { path: 'event' })
  const kind = kindOf(message['event'])
  const given: Foreign = isForeign(message['properties']) ? message['properties'] : {}
  const issues: Issue[] = []
  const { product_skus: skus, product_quantities: quantities, product_prices: prices, ...rest } = given
  const currency = idOf(rest['currency']) || options.currency
  const body = inward(rest, rowOf(kind)[1], currency, issues, 'properties.')
  if (Array.isArray(skus)) {
    const cell = (list: unknown, i: number): unknown => (Array.isArray(list) && list[i] !== '' ? list[i] : undefined)
    body['products'] = skus.slice(0, 1000).map((sku, i) => {
      const quantity = cell(quantities, i)
      const row = { sku: String(sku), quantity: quantity === undefined ? undefined : Number(quantity), price: cell(prices, i) }
      return inward(row, plain, currency, issues, `properties.products.${i}.`)
    })
  }
  if (issues.length) return { ok: false, issues }
  const { login_id: login, anonymous_id: anonymous, distinct_id: distinct } = message
  const said = login === undefined && anonymous === undefined
  Object.assign(body, present({ anonId: idOf(anonymous) || (said ? idOf(distinct) : undefined), userId: idOf(login) }))
  const at = timeOf(message['time'])
  const id = idOf(message['_track_id'])
  return accept({ events: [Object.assign({ kind, body }, at !== undefined && { at }, id !== undefined && { id })] })
}

function kindOf(name: string): string {
  for (const kind of Object.keys(preset)) if ((preset[kind] as readonly [string, Words])[0] === name) return kind
  for (const kind of Object.keys(factKinds)) if (kind.replace(/ /g, '') === name) return kind
  return ownKind(name)
}
