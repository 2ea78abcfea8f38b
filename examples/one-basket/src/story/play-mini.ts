import type { Result } from '@omokit/core'
import type { Basket, Quote } from '@omokit/rules'
import { coupon } from '../brand/brand'
import { priceSeal } from '../price-seal'
import type { MiniShopper } from './mini-shopper'
import type { TillHandle } from './till-handle'

/** Options of {@link playMini}. */
export interface MiniPartOptions {
  readonly mini: MiniShopper
  readonly member: { readonly member: string; readonly name: string; readonly tier: string }
  /** The session that the brand's own login gave the mini-program. */
  readonly session: string
  readonly lines: Basket['lines']
  /** Prices the same basket elsewhere: on the web, say. */
  readonly quoteOnWeb: (basket: Basket) => Result<Quote>
  readonly till: Pick<TillHandle, 'ask' | 'setup'>
  readonly order: string
  readonly say: (line: string) => void
}

/** What came of it. */
export interface MiniPart {
  /** Seals of the basket: on the mini-program, after a kill without a network, on the web, at the till. One text when all agree. */
  readonly seals: readonly string[]
  readonly pay: number
  readonly item: string
  readonly receiptNo: string
  /** Events the shopper was told are stored. */
  readonly tracked: number
}

/**
 * The story's mini-program part, in a layer of WeChat's or Alipay's: browse, agree, be killed, log in, claim, price with and
 * without a network, show the member code, and see the coupon redeemed at a till. Throws when a step does not go as told.
 */
export async function playMini({ mini, member, session, lines, quoteOnWeb, till, order, say }: MiniPartOptions): Promise<MiniPart> {
  const { host } = mini
  const told = (what: string, holds: boolean): void => {
    if (!holds) throw new Error(`the ${host} part of the story does not hold: ${what}`)
  }
  const must = <T>(step: string, answer: Result<T>): T => {
    if (answer.ok) return answer.value
    throw new Error(`${host}: ${step} was refused: ${JSON.stringify(answer.issues)}`)
  }
  const codes = (answer: Result<unknown>): string => (answer.ok ? 'accepted' : answer.issues.map((issue) => issue.code).join(', '))
  let tracked = 0
  const browse = async (name: string): Promise<void> => {
    await mini.shop().track('Screen Viewed', { name })
    tracked++
  }

  await mini.shop().pricing.refresh()
  void mini.shop().track('Screen Viewed', { name: 'before-a-choice' })
  told('before a choice nothing is stored', mini.layer().storage.writes === 0)
  must('consent', await mini.shop().consent.grantAll())
  await mini.shop().pricing.save()
  mini.layer().online(false)
  for (const name of ['home', 'tea', 'teaware']) await browse(name)
  await mini.killAndReopen()
  told('consent and what was browsed survive the kill', mini.shop().consent.state() === 'granted' && (await mini.shop().outbox.stats()).pending > 0)

  must('login', await mini.shop().login({ member: member.member, token: session }))
  const claimed = must('claim', await mini.shop().coupons.claim(coupon.id))
  await mini.shop().track('Coupon Claimed', { coupon: coupon.id, item: claimed.item })
  tracked++
  const basket = (channel: Basket['channel'], storeId?: string): Basket => ({
    currency: 'CNY',
    channel,
    tier: member.tier,
    lines,
    coupons: [{ coupon: coupon.id, item: claimed.item }],
    ...(storeId ? { storeId } : {}),
  })
  const priced = must('quote', await mini.shop().quote(basket('miniprogram')))
  const shown = must('member code', await mini.shop().identity.memberCode())
  await mini.killAndReopen()
  mini.layer().online(false)
  const again = must('quote without a network after the kill', await mini.shop().quote(basket('miniprogram')))
  told('the member is still logged in', mini.shop().identity.member() === member.member)

  const { storeId } = till.setup
  const who = must('member code at the till', await till.ask('readMember', { code: shown.code }))
  told('the code names the member', who.member === member.member)
  const wallet = must('wallet at the till', await till.ask('wallet', { code: shown.code }))
  const token = wallet.find((row) => row.item === claimed.item)?.token
  if (!token) throw new Error(`${host}: the coupon is not in the wallet that the till sees`)
  const atTill = must('quote at the till', await till.ask('quote', { basket: basket('till', storeId) }))
  const amount = atTill.applied.find((rule) => rule.rule === coupon.id)?.amount ?? 0
  const redemption = { order, coupon: coupon.id, item: claimed.item, token, amount, member: member.member }
  const redeemed = must('redemption at the till', await till.ask('redeem', { redemption }))
  const sale = { order, basket: basket('till', storeId), payment: 'wallet', member: member.member, redemptions: [redeemed] }
  const receipt = must('receipt', await till.ask('sell', sale))

  const seals = [priced, again, must('quote on the web', quoteOnWeb(basket('web'))), atTill].map(priceSeal)
  told('the receipt is over what the mini-program showed', receipt.pay === priced.totals.pay)
  mini.layer().online(true)
  const second = await mini.shop().coupons.hold(`${order}-again`, [{ coupon: coupon.id, item: claimed.item }])
  told('the coupon is used up in the mini-program too', !second.ok)
  await browse('receipt')
  // while the last facts are on their way
  void mini.shop().flush()
  await mini.away()
  await mini.killAndReopen()
  const report = await mini.shop().flush()
  told('everything arrived', report.pending === 0 && report.quarantined === 0)
  say(
    `${host === 'wechat' ? 'WeChat' : 'Alipay'}: ${member.name} browses, is killed ${mini.kills()} times, claims ${claimed.code}; till ${till.setup.workstationId} redeems it for ¥${(receipt.pay / 100).toFixed(2)}; again in the mini-program: ${codes(second)}`,
  )
  return { seals, pay: receipt.pay, item: claimed.item, receiptNo: receipt.receiptNo, tracked }
}
