import type { Quote, QuoteLine } from '@omokit/rules'
import type { Article } from '../../brand/catalogue'
import type { DemoConfig } from '../../demo-config'
import type { Priced, Scene } from '../model/stage'
import type { ChannelId } from '../model/verdict'
import type { PageLanguage, Words } from '../words'
import { el } from './el'
import { slipView } from './slip-view'
import { yuan } from './yuan'

/** What the panels need besides the scene. */
export interface ChannelsContext {
  readonly config: DemoConfig
  readonly words: Words
  readonly language: PageLanguage
  readonly odd: readonly ChannelId[]
  sell(): void
  putAway(): void
}

const order: readonly ChannelId[] = ['web', 'mini', 'till', 'server']
const runtime: Readonly<Record<ChannelId, string>> = { web: 'omokit/web', mini: 'omokit · memory', till: 'omokit · till', server: 'omokit/node' }

/** The four panels, side by side. */
export const channelsView = (scene: Scene, context: ChannelsContext): readonly HTMLElement[] => order.map((id) => panel(id, scene, context))

function panel(id: ChannelId, scene: Scene, context: ChannelsContext): HTMLElement {
  const { words, odd, config, language } = context
  const priced = scene.priced[id]
  const made = el(
    'article',
    { className: `channel ${id}${odd.includes(id) ? ' odd' : ''}${id === 'till' && scene.slip ? ' printed' : ''}` },
    chrome(id, priced, words),
    priced?.quote
      ? quoteView(priced.quote, context)
      : el('div', { className: 'slip' }, el('p', { className: 'hint' }, priced?.issues?.[0] ? words.issue(priced.issues[0]) : words.waiting)),
    el('div', { className: 'actions' }, id === 'till' ? sellButton(scene, context) : el('span', {}, words.how[id])),
    foot(id, priced, words),
    id === 'till' && scene.slip && slipView(scene, { words, language, config, putAway: context.putAway }),
  )
  made.dataset['channel'] = id
  return made
}

function sellButton({ busy, priced }: Scene, { words, sell }: ChannelsContext): HTMLElement {
  return el('button', { id: 'sell', className: 'solid', disabled: busy || !priced.till?.quote?.lines.length, onclick: sell }, busy ? words.selling : words.sell)
}

function chrome(id: ChannelId, priced: Priced | undefined, words: Words): HTMLElement {
  const off = priced?.offline ?? false
  const how = off ? words.cut : { web: words.live, mini: words.polling, till: words.online, server: words.process }[id]
  return el(
    'header',
    { className: 'chrome' },
    id === 'web' && el('span', { className: 'dots' }, el('i'), el('i'), el('i')),
    el('b', {}, words.channel[id]),
    el('span', { className: `badge${off ? ' off' : ''}` }, how),
    id === 'mini' && el('span', { className: 'capsule', ariaHidden: 'true' }, '•••', el('i')),
  )
}

function quoteView(quote: Quote, { config, words, language }: ChannelsContext): HTMLElement {
  const { lines, totals, points, applied } = quote
  return el(
    'div',
    { className: 'slip' },
    ...lines.map((line) =>
      lineView(
        line,
        quote,
        config.articles.find(({ sku }) => sku === line.sku),
        words,
      ),
    ),
    el('hr'),
    row(words.subtotal, yuan(totals.gross), 'soft'),
    ...applied.map(({ rule, amount }) => row(config.ruleNames[rule]?.[language === 'zh' ? 0 : 1] ?? rule, `−${yuan(amount)}`, 'off')),
    el('div', { className: 'grow' }),
    el('div', { className: 'sum' }, el('small', {}, words.total), el('b', {}, yuan(totals.pay))),
    row(words.points, `+${points.earned}`, 'soft points'),
  )
}

function lineView(line: QuoteLine, { basket }: Quote, article: Article | undefined, words: Words): HTMLElement {
  const grams = basket.lines.find(({ id }) => id === line.id)?.grams
  const name = article ? words.name(article) : line.sku
  return el(
    'div',
    { className: 'row', title: name },
    el('span', { className: 'name' }, name),
    el(
      'span',
      { className: 'times' },
      grams === undefined ? `×${line.qty}` : `${(grams / 1000).toFixed(2)} kg`,
      line.list.startsWith('tier-') && el('i', { title: words.memberPrice }, words.memberMark),
    ),
    el('span', { className: 'amount' }, yuan(line.gross)),
  )
}

const row = (name: string, amount: string, className: string): HTMLElement =>
  el('div', { className: `row ${className}`, title: name }, el('span', { className: 'name' }, name), el('span', { className: 'amount' }, amount))

function foot(id: ChannelId, priced: Priced | undefined, words: Words): HTMLElement {
  return el(
    'footer',
    { className: 'foot' },
    el(
      'span',
      {},
      words.release,
      ' ',
      el('b', { className: 'version' }, String(priced?.version ?? '–')),
      priced && ` · ${words.state[priced.state] ?? priced.state}`,
    ),
    el('span', { title: priced?.seal ?? '' }, words.seal, ' ', el('code', {}, priced?.seal?.slice(0, 8) ?? '–')),
    el('span', { className: 'runtime' }, runtime[id]),
  )
}
