import { allocate, isAmount, refuse } from '@omokit/core'
import type { Refusal, Result } from '@omokit/core'
import { localDay } from '../local-time'
import type { Window } from '../rule-book'

/** A purchase under price protection (价保). Times are milliseconds, money minor units. */
export interface ProtectedPurchase {
  readonly sku: string
  readonly qty: number
  /** Paid for all units together. */
  readonly paid: number
  readonly at: number
  /** Units that came back: the last ones. */
  readonly returned?: number
  /** Already paid out for this purchase. */
  readonly compensated?: number
}

/** What is claimed, under which policy, against which prices. */
export interface ProtectionClaim {
  readonly policy: {
    /** Calendar days after the local date of the purchase, inclusive. */
    readonly days: number
    /** UTC transitions of the shop's time zone. */
    readonly zone: Window['zone']
    /** Less is not paid out. Default 0. */
    readonly minOwed?: number
    /** Most for the whole claim. */
    readonly maxOwed?: number
  }
  readonly claimAt: number
  readonly purchases: readonly ProtectedPurchase[]
  readonly prices: readonly { readonly sku: string; readonly price: number; readonly from: number }[]
}

/** What is owed for one purchase, with its proof. */
export interface OwedPurchase {
  readonly owed: number
  /** Price in force at the claim; absent when the window is over or no price is known. */
  readonly price?: number
  /** What each kept unit was paid. */
  readonly unitPaid: readonly number[]
  /** What each kept unit was paid above the price in force. */
  readonly unitOver: readonly number[]
}

/** The answer to a claim. */
export interface Owed {
  readonly purchases: readonly OwedPurchase[]
  readonly total: number
}

/** Computes the difference owed when a price fell within the protection window, per unit. Refuses `not-an-amount` and `invalid`. */
export function owedByPrice(claim: ProtectionClaim): Result<Owed> {
  const fault = faultOf(claim)
  if (fault) return fault
  const { policy, claimAt, prices } = claim
  const today = localDay(policy.zone, claimAt)
  const purchases = claim.purchases.map(({ sku, qty, paid, at, returned = 0, compensated = 0 }): OwedPurchase => {
    const weights: number[] = []
    for (let i = 0; i < qty; i++) weights.push(1)
    const unitPaid = allocate(paid, weights).slice(0, qty - returned)
    let row: { readonly price: number; readonly from: number } | undefined
    if (at <= claimAt && today - localDay(policy.zone, at) <= policy.days)
      for (const one of prices) if (one.sku === sku && one.from <= claimAt && (!row || one.from >= row.from)) row = one
    if (!row) return { owed: 0, unitPaid, unitOver: [] }
    const { price } = row
    const unitOver = unitPaid.map((unit) => Math.max(0, unit - price))
    const owed = Math.max(0, unitOver.reduce((sum, over) => sum + over, 0) - compensated)
    return { owed: owed < (policy.minOwed ?? 0) ? 0 : owed, price, unitPaid, unitOver }
  })
  const total = purchases.reduce((sum, { owed }) => sum + owed, 0)
  return { ok: true, value: { purchases, total: Math.min(total, policy.maxOwed ?? total) } }
}

/** What is wrong with a claim: it may have been read from anywhere. */
function faultOf(claim: ProtectionClaim): Refusal | undefined {
  const { policy, claimAt, purchases, prices } = objectOf(claim)
  const { days, zone, minOwed = 0, maxOwed = 0 } = objectOf(policy)
  if (!isAmount(days)) return refuse('invalid', { path: 'policy.days' })
  if (!Array.isArray(zone) || !zone.length || !zone.every((step) => Array.isArray(step) && isInstant(step[0]) && isInstant(step[1])))
    return refuse('invalid', { path: 'policy.zone' })
  if (!isAmount(minOwed) || !isAmount(maxOwed)) return refuse('not-an-amount', { path: 'policy' })
  if (!isInstant(claimAt)) return refuse('invalid', { path: 'claimAt' })
  if (!Array.isArray(purchases)) return refuse('invalid', { path: 'purchases' })
  if (!Array.isArray(prices)) return refuse('invalid', { path: 'prices' })
  for (let i = 0; i < purchases.length; i++) {
    const { at, paid, qty, returned = 0, compensated = 0 } = objectOf(purchases[i] as ProtectedPurchase)
    if (!isAmount(paid) || !isAmount(compensated)) return refuse('not-an-amount', { path: `purchases.${i}` })
    if (!isAmount(qty) || qty < 1 || qty > 50_000 || !isAmount(returned) || returned > qty) return refuse('invalid', { path: `purchases.${i}.qty` })
    if (!isInstant(at)) return refuse('invalid', { path: `purchases.${i}.at` })
  }
  for (let i = 0; i < prices.length; i++) {
    const { price, from } = objectOf(prices[i] as ProtectionClaim['prices'][0])
    if (!isAmount(price)) return refuse('not-an-amount', { path: `prices.${i}` })
    if (!isInstant(from)) return refuse('invalid', { path: `prices.${i}.from` })
  }
  return undefined
}

/** Anything's keys; of null and undefined none. */
const objectOf = <T>(value: T): Partial<NonNullable<T>> => Object(value) as Partial<NonNullable<T>>

const isInstant = (value: unknown): boolean => typeof value === 'number' && Math.floor(value) === value && Math.abs(value) <= 1e13
