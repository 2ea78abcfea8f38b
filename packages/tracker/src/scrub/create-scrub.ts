import type { FactBody, Json } from '@omokit/core'
import { findPersonal, type PersonalKind } from './find-personal'

/** Something that was taken out of an event. The value itself is never told. */
export interface Scrubbed {
  readonly event: string
  /** Where, dotted; keys as they are after scrubbing. */
  readonly path: string
  readonly kind: PersonalKind | 'not-allowed'
}

export interface ScrubOptions {
  /** The fields an event may have: all others leave. By event, `*` for events without a row; no row: every field may stay. Dots lead inside (`products.sku`), lists are seen through. */
  readonly allow?: Readonly<Record<string, readonly string[]>>
  /** Fields whose digits are no person's: numbers of orders, articles and labels may pass a checksum by chance. Default order, sku, gtin, item, receiptNo, returnDocument, trackingNo, shipment, label, entry. E-mail addresses leave them all the same. */
  readonly keep?: readonly string[]
  /** Told of everything that was taken out, without the value. */
  readonly onScrub?: (found: Scrubbed) => void
}

/** Takes what is personal out of an event's body; give it to the tracker as a plugin's `before`. */
export type Scrub = (event: string, body: FactBody) => FactBody

const kept: readonly string[] = ['order', 'sku', 'gtin', 'item', 'receiptNo', 'returnDocument', 'trackingNo', 'shipment', 'label', 'entry']

/** Fields that say by their name what they hold. */
const named: readonly (readonly [PersonalKind, RegExp])[] = [
  ['phone', /^(?:(?:cell|mobile|tele)?_?phones?(?:_?(?:no|number))?|mobiles?|tel|手机号?码?|电话号?码?)$/i],
  ['email', /^(?:e-?mails?(?:_?address)?|邮箱|电子邮件)$/i],
  ['id-card', /^(?:id_?card(?:_?(?:no|number))?|identity_?(?:no|number)|身份证号?码?)$/i],
  ['bank-card', /^(?:(?:bank|credit|debit)_?card(?:_?(?:no|number))?|card_?(?:no|number)|银行卡号?码?)$/i],
]

/** Numbers in these fields are amounts, counts and times. */
const measured =
  /^(?:price|amount|total|subtotal|discount|shipping|tax|value|pay|gross|net|rounding|seen|expected|quantity|results|position|points|release|at|instant)$|(?:At|Ms)$/

const hostile = /^(?:__proto__|constructor|prototype)$/

/**
 * Makes a function that takes phones, e-mail addresses, Chinese identity numbers and bank cards out of values, keys and the queries
 * of URLs, and puts `[phone]`, `[email]`, `[id-card]`, `[bank-card]` there. It changes nothing it is given, never throws on
 * plain JSON, and its work grows with the size of the body alone. Keys that could reach a prototype leave.
 *
 * @example
 * ```ts
 * const scrub = createScrub({ allow: { 'Products Searched': ['query', 'results'] } })
 * scrub('Products Searched', { query: 'call 138 0013 8000' }) // { query: 'call [phone]' }
 * ```
 */
export function createScrub(options: ScrubOptions = {}): Scrub {
  const { allow = {}, keep = kept, onScrub } = options
  const has = (event: string): boolean => Object.prototype.hasOwnProperty.call(allow, event)

  return (event, body) => {
    const rows = has(event) ? allow[event] : has('*') ? allow['*'] : undefined
    const tell = (path: string, kind: Scrubbed['kind']): void => {
      try {
        if (onScrub) onScrub({ event, path, kind })
      } catch {
        // a listener's mistake must not let a value pass
      }
    }

    /** Which fields may stay below a path: undefined is all, an empty list none. */
    const below = (open: readonly string[] | undefined, key: string): readonly string[] | undefined => {
      if (!open || open.indexOf(key) >= 0) return undefined
      return open.filter((row) => row.indexOf(key + '.') === 0).map((row) => row.slice(key.length + 1))
    }

    const cleanText = (text: string, digitsStay: boolean, path: string): string => replaceFound(text, digitsStay, (kind) => tell(path, kind))

    const clean = (value: Json, key: string, open: readonly string[] | undefined, path: string): Json | undefined => {
      if (typeof value === 'object' && value !== null) {
        if (Array.isArray(value)) return value.map((one: Json, i) => clean(one, key, open, `${path}.${i}`) ?? null)
        return cleanObject(value as FactBody, open, path)
      }
      if (open) {
        // a deeper field was allowed, not this
        tell(path, 'not-allowed')
        return undefined
      }
      if (typeof value === 'string' && value) {
        const kind = kindByName(key)
        if (kind) {
          tell(path, kind)
          return `[${kind}]`
        }
        return cleanText(value, keep.indexOf(key) >= 0, path)
      }
      if (typeof value === 'number' && !measured.test(key) && keep.indexOf(key) < 0) {
        const kind = kindByName(key) || kindOfNumber(value)
        if (kind) {
          tell(path, kind)
          return `[${kind}]`
        }
      }
      return value
    }

    function cleanObject(fields: FactBody, open: readonly string[] | undefined, path: string): FactBody {
      const copy: Record<string, Json> = {}
      let doubles = 0
      for (const key of Object.keys(fields)) {
        if (hostile.test(key)) continue
        const inner = below(open, key)
        const dot = path && path + '.'
        let name = cleanText(key, false, dot + '(key)')
        if (inner && !inner.length) {
          tell(dot + name, 'not-allowed')
          continue
        }
        // two numbers leave one name
        if (name !== key && Object.prototype.hasOwnProperty.call(copy, name)) name += '~' + ++doubles
        const field = clean(fields[key] as Json, key, inner, dot + name)
        if (field !== undefined) copy[name] = field
      }
      return copy
    }

    return cleanObject(body, rows, '')
  }
}

function kindByName(key: string): PersonalKind | undefined {
  const row = key.length < 40 ? named.find(([, pattern]) => pattern.test(key)) : undefined
  return row && row[0]
}

function kindOfNumber(value: number): PersonalKind | undefined {
  const [found] = value >= 1e10 && Number.isSafeInteger(value) ? findPersonal(String(value)) : []
  return found && found.kind
}

/** The text with `[kind]` for what was found in it, in the query of a URL also behind percent signs. */
function replaceFound(text: string, digitsStay: boolean, tell: (kind: PersonalKind) => void): string {
  const query = text.search(/[?&;#][^=&?;#]*=/)
  const head = query < 0 ? text : text.slice(0, query)
  return (
    replaceIn(head, digitsStay, tell) +
    (query < 0
      ? ''
      : text.slice(query).replace(/([?&;#])([^=&?;#]*)(=?)([^&?;#]*)/g, (_, mark: string, name: string, is: string, value: string) => {
          const kind = is && value ? kindByName(decoded(name)) : undefined
          if (!kind) return mark + part(name, digitsStay, tell) + is + part(value, digitsStay, tell)
          tell(kind)
          return `${mark}${name}${is}[${kind}]`
        }))
  )
}

/** A part of a query: as it stands when nothing is found in what it means. */
function part(raw: string, digitsStay: boolean, tell: (kind: PersonalKind) => void): string {
  const plain = decoded(raw)
  const clean = replaceIn(plain, digitsStay, tell)
  return clean === plain ? raw : clean
}

function decoded(raw: string): string {
  if (raw.indexOf('%') < 0) return raw
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

function replaceIn(text: string, digitsStay: boolean, tell: (kind: PersonalKind) => void): string {
  let clean = ''
  let end = 0
  for (const { kind, from, to } of findPersonal(text)) {
    if (digitsStay && kind !== 'email') continue
    tell(kind)
    clean += text.slice(end, from) + `[${kind}]`
    end = to
  }
  return end ? clean + text.slice(end) : text
}
