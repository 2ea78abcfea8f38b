import { accept, askHub, type Issue, type OfflineContract, type Place, type Ports, type Result } from '@omokit/core'
import type { CommandAnswers, CommandPayloads, Commands, Right } from '@omokit/core/commands'
import type { Basket, PresentedCoupon, Quote } from '@omokit/rules'

/** Options of {@link createCoupons}. */
export interface CouponsOptions {
  readonly commands: Pick<Commands, 'call'>
  readonly ports: Pick<Ports, 'net'>
  /** Base URL of the hub without a trailing slash. */
  readonly hub: string
  readonly key: string
  /** Prices a basket under the current release. */
  readonly quote: (basket: Basket) => Result<Quote> | Promise<Result<Quote>>
  /** The member who is logged in, and the token that vouches for it. */
  readonly member?: () => string | undefined
  readonly memberToken?: () => string | undefined
  /** The visitor, where a coupon may be claimed without an account. */
  readonly visitor?: () => string | undefined
  readonly place?: () => Place
}

/** A coupon in somebody's wallet. */
export interface WalletCoupon {
  /** The instance. */
  readonly item: string
  readonly coupon: string
  /** The code to type or show. */
  readonly code: string
  readonly state: string
  /** Milliseconds. */
  readonly expiresAt: number
  /** Proof of the instance that a till verifies offline. */
  readonly token?: string
}

/** A coupon that may be claimed, as the brand defined it. */
export interface CouponOffer {
  readonly id: string
  readonly name: string
  /** The rule of the book that a presented coupon of this kind stands for. */
  readonly rule: string
  readonly total?: number
  readonly perMember?: number
  /** Milliseconds. */
  readonly validUntil?: number
  readonly offline?: OfflineContract
}

/** What presenting coupons would do to a basket (试算). */
export interface Trial {
  readonly quote: Quote
  readonly coupons: readonly TriedCoupon[]
}

export interface TriedCoupon extends PresentedCoupon {
  /** Minor units it takes off; 0 when it does not apply. */
  readonly amount: number
  /** Why it does not apply. */
  readonly issue?: Issue
}

/** Rights set aside for an order until `expiresAt`. */
export interface Hold {
  readonly hold: string
  readonly order: string
  readonly expiresAt: number
  readonly rights: readonly Right[]
  /** Minor units by right, where the quote said so. */
  readonly amounts: Readonly<Record<string, number>>
}

export interface HoldOptions {
  /** How long the rights stay set aside, milliseconds, default 15 minutes. */
  readonly ttlMs?: number
  /** The member, where the caller knows it better: a till after a member code. */
  readonly member?: string
  /** Names a second attempt for the same order after the first hold ended; equal names give the first answer again. */
  readonly attempt?: string
}

/**
 * The wallet and its use with the hub. Every command may be repeated: the idempotency key comes from the order and the
 * right, so that a double click, a retry or a restart gives the first answer again.
 */
export interface Coupons {
  /**
   * Takes a coupon into the wallet of the member (or visitor). Issues: `already-claimed`, `exhausted`, `expired`, …
   * @param occasion names a further claim of a coupon one may have several times; default "1"
   */
  claim(coupon: string, occasion?: string): Promise<Result<CommandAnswers['claim']>>
  /** The coupons that may be claimed now. */
  offered(): Promise<Result<readonly CouponOffer[]>>
  /** The wallet of the member, or at a till of the member whose code was scanned. */
  list(memberCode?: string): Promise<Result<readonly WalletCoupon[]>>
  /** What these coupons would do to the basket, each refused one with the condition that failed. */
  trial(basket: Basket, coupons: readonly PresentedCoupon[]): Promise<Result<Trial>>
  /** Sets aside all coupons (and points) of a quote for an order, or none. Issues: `not-available`, `already-held`, `already-redeemed`, … */
  hold(order: string, what: Quote | readonly PresentedCoupon[], options?: HoldOptions): Promise<Result<Hold>>
  /** The order was paid: the rights are used up. */
  confirm(hold: Hold, receipt?: string): Promise<Result<CommandAnswers['confirm']>>
  /** Gives the rights back against a return document, all of them or those named. */
  reverse(hold: Pick<Hold, 'hold' | 'order'>, returnDocument: string, rights?: readonly Right[]): Promise<Result<CommandAnswers['reverse']>>
  /** The order will not be paid: the rights are free again. */
  release(hold: Pick<Hold, 'hold' | 'order'>): Promise<Result<CommandAnswers['release']>>
}

/** Coupons with the hub. Without the hub: `createOfflineCoupons`. */
export function createCoupons(options: CouponsOptions): Coupons {
  const { commands, quote, member: loggedIn = absent, visitor: present = absent, place = absent } = options

  return {
    claim(coupon, occasion = '1') {
      const member = loggedIn()
      const visitor = member === undefined ? present() : undefined
      const payload = { coupon, member, visitor, place: place() } as CommandPayloads['claim']
      return commands.call('claim', { order: member || visitor || '', right: coupon, occasion }, payload)
    },
    offered: () => couponsAt(options, '/v1/coupons'),
    list: (memberCode) => couponsAt(options, `/v1/members/me/coupons${memberCode === undefined ? '' : `?code=${encodeURIComponent(memberCode)}`}`),
    async trial(basket, coupons) {
      const answer = await quote(Object.assign({}, basket, { coupons }))
      return answer.ok ? accept({ quote: answer.value, coupons: coupons.map((coupon) => tried(answer.value, coupon)) }) : answer
    },
    async hold(order, what, { ttlMs = 900_000, member = loggedIn(), attempt = '1' } = {}) {
      const { rights, amounts } = rightsOf(what, member)
      const payload = { order, rights, ttlMs, member, place: place() } as CommandPayloads['hold']
      const answer = await commands.call('hold', { order, right: rights.map((right) => right.id).join(), occasion: attempt }, payload)
      return answer.ok ? accept(Object.assign({}, answer.value, { order, amounts })) : answer
    },
    confirm: ({ hold, order, amounts }, receipt) => commands.call('confirm', { order, right: hold }, { hold, receipt, amounts } as CommandPayloads['confirm']),
    reverse({ hold, order }, returnDocument, rights) {
      const occasion = [returnDocument].concat((rights || []).map(({ id, qty }) => `${id}*${qty}`).sort()).join()
      const lines = rights && rights.map((right) => ({ right }))
      return commands.call('reverse', { order, right: hold, occasion }, { hold, returnDocument, lines } as CommandPayloads['reverse'])
    },
    release: ({ hold, order }) => commands.call('release', { order, right: hold }, { hold }),
  }
}

/** What a list of coupons at the hub says. */
export async function couponsAt<T>(from: Pick<CouponsOptions, 'ports' | 'hub' | 'key' | 'memberToken'>, path: string): Promise<Result<readonly T[]>> {
  const answer = await askHub<{ coupons: readonly T[] }>(Object.assign({ net: from.ports.net }, from), 'GET', path)
  return answer.ok ? accept(answer.value.coupons) : answer
}

function tried(quote: Quote, coupon: PresentedCoupon): TriedCoupon {
  const its = ({ kind, rule }: { readonly kind: string; readonly rule: string }): boolean => kind === 'coupon' && rule === coupon.coupon
  const taken = quote.applied.filter(its)[0]
  const refused = quote.rejected.filter(its)[0]
  if (taken || !refused) return Object.assign({}, coupon, { amount: taken ? taken.amount : 0 })
  const issue = Object.assign({}, refused) as Issue & { rule?: string; kind?: string }
  delete issue.rule
  delete issue.kind
  return Object.assign({}, coupon, { amount: 0, issue })
}

/** Nobody is logged in, or there is nothing to say where. */
const absent = (): undefined => undefined

/** The rights an order needs, sorted by id so that every caller locks in the same order. */
function rightsOf(what: Quote | readonly PresentedCoupon[], member: string | undefined): { rights: readonly Right[]; amounts: Record<string, number> } {
  const quote = 'applied' in what ? what : undefined
  const presented = quote ? quote.basket.coupons || [] : (what as readonly PresentedCoupon[])
  const rights: Right[] = []
  const amounts: Record<string, number> = {}
  for (const coupon of presented) {
    const taken = quote && tried(quote, coupon)
    if (coupon.item === undefined || (taken && !taken.amount)) continue
    rights.push({ kind: 'item', id: coupon.item, qty: 1 })
    if (taken) amounts[coupon.item] = taken.amount
  }
  if (quote && quote.points.burned && member !== undefined) rights.push({ kind: 'lots', id: member, qty: quote.points.burned })
  return { rights: rights.sort((a, b) => (a.id < b.id ? -1 : 1)), amounts }
}
