import type { DemoConfig } from '../../demo-config'
import type { Scene } from '../model/stage'
import type { PageLanguage, Words } from '../words'
import { el } from './el'
import { yuan } from './yuan'

const printingMs = 350

/** The receipt as it came out of the printer. */
export function slipView(
  { slip, accounts }: Scene,
  {
    words,
    language,
    config,
    putAway,
  }: {
    readonly words: Words
    readonly language: PageLanguage
    readonly config: DemoConfig
    putAway(): void
  },
): HTMLElement | undefined {
  if (!slip) return undefined
  const { receiptNo, totals, seal, coupons, release, points } = slip.receipt
  const [store] = config.stores
  const row = (name: string, value: string, className = ''): HTMLElement =>
    el('div', { className: `row ${className}` }, el('span', {}, name), el('span', {}, value))
  const pending = (accounts.till?.pending ?? 1) > 0
  return el(
    'div',
    { className: `printer${Date.now() - slip.at < printingMs ? ' printing' : ''}` },
    el(
      'div',
      { className: 'paper', id: 'slip' },
      el('h3', {}, words.brand, el('small', {}, language === 'zh' ? store?.name : store?.nameEn)),
      row(words.receipt, receiptNo, 'number'),
      row(words.release, String(release)),
      ...(coupons ?? []).map(({ coupon }) => row(words.couponUsed, coupon)),
      row(words.points, `+${points.earned}`),
      el('div', { className: 'row paid' }, el('span', {}, words.paid), el('b', {}, yuan(totals.pay))),
      el('p', { className: 'sealed' }, `${words.seal} `, el('code', {}, seal.hash)),
      el(
        'p',
        { className: 'marks' },
        slip.offline && el('i', { className: 'stamp' }, words.offlineStamp),
        el('i', { className: pending ? 'stamp' : 'stamp done' }, pending ? words.waitsForHub : words.hubHas),
      ),
      el('button', { className: 'ghost', onclick: putAway }, words.next),
    ),
  )
}
