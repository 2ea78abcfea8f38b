import type { FactBody, Json } from '../facts'
import type { Issue } from '../issues'
import { currencyDigits } from '../money/currency-digits'
import { decimalOf, minorOf } from './decimal-money'
import { type Foreign, isForeign } from './mapped-event'

/** Fields that are amounts, by omokit's names. */
const money = /^(?:price|total|subtotal|revenue|discount|shipping|tax|value|amount|seen|expected)$/
const hostile = /^(?:__proto__|constructor|prototype)$/
const deepest = 16

/** What an object's fields are called on the other side. */
export interface Words {
  /** Our name → theirs. What is not named stays as it is. */
  readonly names: Readonly<Record<string, string>>
  /** The fields that hold objects or lists of their own words. */
  readonly inside?: Readonly<Record<string, Words>>
}

/** A body in the other side's words, amounts as decimals. `lost` takes the paths that have no place there. */
export function outward(body: FactBody, words: Words, currency: string | undefined, lost: string[], issues: Issue[], path = ''): Record<string, Json> {
  const out: Record<string, Json> = {}
  for (const field of Object.keys(body)) {
    const value = body[field]
    const name = own(words.names, field) || field
    if (value === undefined) continue
    if (hostile.test(field) || Object.prototype.hasOwnProperty.call(out, name) || (name === field && isTheirs(words, field))) {
      lost.push(path + field)
      continue
    }
    const inner = words.inside && own(words.inside, field)
    if (inner && Array.isArray(value))
      out[name] = value.map((one: Json, i) => (isForeign(one) ? outward(one as FactBody, inner, currency, lost, issues, `${path}${field}.${i}.`) : one))
    else if (inner && isForeign(value)) out[name] = outward(value as FactBody, inner, currency, lost, issues, `${path}${field}.`)
    else if (money.test(field) && typeof value === 'number') {
      if (currency === undefined || currencyDigits(currency) === undefined)
        issues.push({ code: 'unknown-currency', path: path + field, ...(currency !== undefined && { have: currency }) })
      else out[name] = decimalOf(value, currency)
    } else out[name] = value
  }
  return out
}

/** The other side's object in our words, amounts as minor units. */
export function inward(theirs: Foreign, words: Words, currency: string | undefined, issues: Issue[], path = '', depth = 0): Record<string, Json> {
  const body: Record<string, Json> = {}
  const ours: Record<string, string> = {}
  for (const field of Object.keys(words.names)) ours[words.names[field] as string] = field
  for (const name of Object.keys(theirs)) {
    const value = theirs[name]
    const field = own(ours, name) || name
    // our own word under another meaning must not be taken for ours
    if (value === undefined || value === null || hostile.test(name) || Object.prototype.hasOwnProperty.call(body, field)) continue
    const inner = (words.inside && own(words.inside, field)) || undefined
    if (depth > deepest) issues.push({ code: 'too-deep', path: path + name, need: deepest })
    else if (money.test(field) && (typeof value === 'number' || typeof value === 'string')) {
      const minor = minorOf(value, currency)
      if (minor.ok) body[field] = minor.value
      else issues.push(Object.assign({}, minor.issues[0] as Issue, { path: path + name }))
    } else {
      const said = plainly(value, inner || { names: {} }, currency, issues, `${path}${name}.`, depth)
      if (said !== undefined) body[field] = said
    }
  }
  return body
}

function plainly(value: unknown, words: Words, currency: string | undefined, issues: Issue[], path: string, depth: number): Json | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined
  if (Array.isArray(value)) return value.slice(0, 1000).map((one, i) => plainly(one, words, currency, issues, `${path}${i}.`, depth + 1) ?? null)
  return isForeign(value) ? inward(value, words, currency, issues, path, depth + 1) : undefined
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.prototype.hasOwnProperty.call(table, name) ? table[name] : undefined

/** A brand's own field that is called as another field of ours is called over there would come back as that one. */
const isTheirs = (words: Words, field: string): boolean => Object.keys(words.names).some((name) => words.names[name] === field)
