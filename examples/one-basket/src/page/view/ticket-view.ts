import type { DemoConfig } from '../../demo-config'
import type { Ticket } from '../model/stage'
import type { PageLanguage, Words } from '../words'
import { el } from './el'

/** The coupon: claim it, redeem it, try it again. */
export function ticketView(
  { state, code, refused }: Ticket,
  {
    config,
    words,
    language,
    busy,
    act,
  }: {
    readonly config: DemoConfig
    readonly words: Words
    readonly language: PageLanguage
    readonly busy: boolean
    act(): void
  },
): readonly HTMLElement[] {
  const name = language === 'zh' ? config.coupon.name : config.coupon.nameEn
  const detail = { offered: words.offered, claimed: words.claimedCode(code ?? ''), redeemed: words.redeemed }[state]
  const verb = { offered: words.claim, claimed: words.redeem, redeemed: words.again }[state]
  const ticket = el(
    'div',
    { className: `ticket ${state}` },
    el('div', {}, el('b', {}, name), el('small', {}, detail)),
    el('button', { id: 'coupon-action', disabled: busy, onclick: act }, verb),
  )
  if (!refused) return [ticket]
  const { where, issue } = refused
  return [
    ticket,
    el(
      'p',
      { className: 'refused', id: 'refused' },
      words.refused(words.channel[where], words.issue(issue)),
      issue.code === 'unauthorised' && el('b', {}, words.loginFirst),
    ),
  ]
}
