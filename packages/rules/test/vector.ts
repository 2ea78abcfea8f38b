import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, explain, toRows } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, PriceRow } from '@omokit/rules'
import { readBarcode } from '@omokit/rules/barcode'
import type { BarcodeItem, BarcodeLayout } from '@omokit/rules/barcode'
import { bestCoupons } from '@omokit/rules/best'
import { owedByPrice } from '@omokit/rules/protect'
import type { ProtectionClaim } from '@omokit/rules/protect'
import { refund } from '@omokit/rules/refund'
import type { Refunded } from '@omokit/rules/refund'
import { seal } from '@omokit/rules/seal'
import { tax } from '@omokit/rules/tax'
import { secondBarcode, secondBest, secondOwed, secondRefund, secondSeal } from './second-after-sale'
import { secondQuote } from './second-evaluator'
import type { SecondAnswer } from './second-evaluator'
import { answerOf } from './two-answers'

/** What a vector asks for; the file says which. */
export type Call = 'quote' | 'best' | 'refund' | 'protect' | 'barcode' | 'seal'

/** One worked example. Which of the optional parts are there follows from the call. */
export interface Vector {
  readonly name: string
  readonly why: string
  readonly boundary?: boolean
  readonly rules: readonly BookRule[]
  readonly prices: Readonly<Record<string, Readonly<Record<string, PriceRow>>>>
  readonly basket: Basket
  readonly instant: number
  /** When it is not the basket's. */
  readonly bookCurrency?: string
  readonly policy: 'keep' | 'clawback'
  readonly returns: readonly { readonly units: Readonly<Record<string, number>>; readonly shipping?: boolean }[]
  readonly claim: ProtectionClaim
  readonly code: string
  readonly layouts: readonly BarcodeLayout[]
  readonly items: Readonly<Record<string, BarcodeItem>>
  readonly expected: Readonly<Record<string, unknown>>
}

export interface VectorFile {
  readonly feature: string
  readonly call: Call
  readonly vectors: readonly Vector[]
}

export interface Feature {
  readonly feature: string
  readonly en: string
  readonly zh: string
}

const folder = join(import.meta.dirname, '../vectors')
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))

/** The list of features, in the order of the pages. */
export const features: readonly Feature[] = (read('features.json') as { readonly features: readonly Feature[] }).features

/** Every file of vectors. */
export const vectorFiles: readonly VectorFile[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'features.json')
  .map((name) => read(name) as VectorFile)

/** What is expected, with what may be left out when it is nothing. */
export function expectedOf(call: Call, expected: Vector['expected']): Vector['expected'] {
  if (expected['refused']) return expected
  if (call === 'quote') {
    const full = { earned: 0, burned: 0, shippingDiscount: 0, gifts: [], ...expected }
    if ('unitTax' in expected) Object.assign(full, { shippingTax: 0, taxAdded: 0, ...expected })
    return { ...full, rejected: sortedPairs((expected['rejected'] ?? []) as readonly (readonly string[])[]) }
  }
  if (call !== 'refund') return expected
  const returns = expected['returns'] as readonly object[]
  return { returns: returns.map((one) => ('refused' in one ? one : { pointsBack: 0, pointsClawed: 0, coupons: [], ...one })) }
}

/** The public API's answer in the vector's terms. */
export function firstByVector(call: Call, vector: Vector): Vector['expected'] {
  if (call === 'protect') return owed(owedByPrice(vector.claim))
  if (call === 'barcode') {
    const label = readBarcode(vector.code, vector.layouts, (plu) => vector.items[plu])
    return label.ok ? { ...label.value } : refused(label)
  }
  const { rules, prices, basket, instant, expected } = vector
  const book = compile({
    release: 1,
    currency: vector.bookCurrency ?? basket.currency,
    rules: toRows({ rules }),
    prices: (list, sku) => prices[list]?.[sku],
    parts: [tax],
  })
  if (!book.ok) return refused(book)
  if (call === 'best') {
    const answer = bestCoupons(book.value, basket, instant)
    if (!answer.ok) return refused(answer)
    const { coupons, quote, optimal } = answer.value
    return { coupons: coupons.map(({ coupon }) => coupon), pay: quote.totals.pay, optimal }
  }
  const quoted = explain(book.value, basket, instant)
  if (!quoted.ok) return refused(quoted)
  if (call === 'seal') return { ...seal(quoted.value) }
  if (call === 'refund') return { returns: returnsOf(book.value, quoted.value, vector) }
  return quoteTerms(answerOf(quoted.value), expected)
}

/** The second evaluator's answer; undefined for a refusal, which it does not know. */
export function secondByVector(call: Call, vector: Vector): Vector['expected'] | undefined {
  const { rules, prices, basket, instant, expected } = vector
  if (expected['refused'] && call !== 'barcode') return undefined
  const find = (list: string, sku: string): PriceRow | undefined => prices[list]?.[sku]
  if (call === 'protect') return secondOwed(vector.claim)
  if (call === 'barcode') return secondBarcode(vector.code, vector.layouts, vector.items)
  if (call === 'best') return secondBest(rules, find, basket, instant)
  if (call === 'refund') return { returns: secondRefund(rules, find, basket, instant, vector.policy, vector.returns) }
  const known = rules.filter((rule) => !(rule as { optional?: boolean }).optional || String(rule.kind) !== 'lottery')
  const answer = secondQuote(known, find, basket, instant)
  return call === 'seal' ? secondSeal(basket, answer) : quoteTerms(answer, expected)
}

/** The order of refusals means nothing. */
const sortedPairs = (pairs: readonly (readonly string[])[]): readonly (readonly string[])[] => [...pairs].sort((a, b) => (a.join() < b.join() ? -1 : 1))

interface Refused {
  readonly issues: readonly { readonly code: string; readonly path?: string }[]
}

function refused({ issues: [issue] }: Refused): Vector['expected'] {
  return { refused: { code: issue?.code, ...(issue?.path === undefined ? {} : { path: issue.path }) } }
}

function owed(answer: ReturnType<typeof owedByPrice>): Vector['expected'] {
  return answer.ok ? { owed: answer.value.purchases.map((one) => one.owed), total: answer.value.total } : refused(answer)
}

function returnsOf(book: CompiledBook, sale: Parameters<typeof refund>[0]['sale'], { policy, returns }: Vector): readonly object[] {
  let before: Refunded | undefined
  return returns.map(({ units, shipping = false }) => {
    const back = Object.entries(units).map(([line, qty]) => ({ line, qty }))
    const answer = refund({ book, sale, policy, units: back, shipping, seal: seal(sale).hash, ...(before ? { before } : {}) })
    if (!answer.ok) return refused(answer)
    const { cash, pointsBack, pointsClawed, coupons, after } = answer.value
    before = after
    return { cash, pointsBack, pointsClawed, coupons: coupons.map(({ coupon }) => coupon) }
  })
}

/** Of a quote: the five values every vector states, and those this one states too. */
function quoteTerms(answer: SecondAnswer, expected: Vector['expected']): Vector['expected'] {
  const { unitNet, pay, earned, burned, shippingDiscount, gifts, basis, modifiers, taxes } = answer
  return {
    unitNet,
    pay,
    earned,
    burned,
    shippingDiscount,
    gifts,
    rejected: sortedPairs(answer.rejected.map(([rule, code]) => [rule, code])),
    ...(expected['unitTax'] ? { unitTax: taxes?.unit, shippingTax: taxes?.shipping, taxAdded: taxes?.added } : {}),
    ...(expected['priceBasis'] ? { priceBasis: basis } : {}),
    ...(expected['funding']
      ? { funding: modifiers.map((list) => [0, 1, 2, 3].map((who) => list.reduce((sum, one) => sum + (one.funding[who] ?? 0), 0))) }
      : {}),
  }
}
