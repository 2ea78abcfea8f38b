import { demoApi } from './demo-api'
import { createDevices } from './devices/devices'
import { forgetEarlierRuns } from './devices/forget-earlier-runs'
import { createDemo } from './model/demo'
import { search, type Match } from './model/search'
import { tierName } from './model/shopper'
import type { Stage } from './model/stage'
import { verdictOf, type ChannelId } from './model/verdict'
import { foundView, linesView } from './view/basket-view'
import { channelsView } from './view/channels-view'
import { byId, el } from './view/el'
import { entriesView, ledgerView } from './view/journal-view'
import { ticketView } from './view/ticket-view'
import { verdictTexts } from './view/verdict-view'
import { yuan } from './view/yuan'
import { type PageLanguage, words as texts } from './words'

let language: PageLanguage = 'zh'

const config = await demoApi.config()
await forgetEarlierRuns(config.brand, config.run)
const demo = createDemo(config, createDevices(config, location.origin), show)
const { stage, shopper, cashier } = demo
const searchBox = byId<HTMLInputElement>('search')
const offline = byId<HTMLInputElement>('offline')

/** Runs what a click asks for; whatever fails is told in the timeline. */
function act(run: () => Promise<void>): void {
  run().catch((error: unknown) => stage.journal.note('hub', (words) => words.log.failed(error instanceof Error ? error.message : String(error)), true))
}

function show({ scene, basket, devices, journal }: Stage): void {
  const words = texts[language]
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  document.title = words.title
  document.querySelectorAll<HTMLElement>('[data-t]').forEach((element) => {
    const text = words[element.dataset['t'] as keyof typeof words]
    if (typeof text === 'string') element.textContent = text
  })

  const order: readonly ChannelId[] = ['web', 'mini', 'till', 'server']
  const verdict = verdictOf(
    order.map((id) => {
      const priced = scene.priced[id]
      return {
        id,
        version: priced?.version ?? 0,
        offline: priced?.offline ?? false,
        ...(priced?.quote ? { pay: priced.quote.totals.pay } : {}),
        ...(priced?.tier === undefined ? {} : { tier: priced.tier }),
      }
    }),
  )
  const told = verdictTexts(verdict, words)
  byId('verdict').className = `verdict ${verdict.kind}`
  byId('verdict-title').textContent = told.title
  byId('verdict-detail').textContent = told.detail
  byId('verdict-total').replaceChildren(...(told.total ? [el('small', {}, words.total), told.total] : []))

  const next = demo.nextPrice()
  const reprice = byId<HTMLButtonElement>('reprice')
  reprice.disabled = !next
  reprice.textContent = next ? words.reprice(words.name(next.article), yuan(next.from), yuan(next.to)) : ''
  const state = devices.web.consent.state()
  byId('privacy').textContent = `${words.privacy} · ${words[state]}`
  byId('consent').hidden = !scene.asking
  byId('deny').textContent = state === 'granted' ? words.withdraw : words.deny
  offline.checked = !devices.cable.plugged()

  const member = devices.web.identity.member()
  byId('members').replaceChildren(
    ...[undefined, ...config.members.slice(0, 2)].map((one) => {
      const made = el(
        'button',
        { ariaPressed: String(one?.member === member), onclick: () => act(() => shopper.become(one?.member)) },
        one ? one.name : words.guest,
        one && el('small', {}, tierName(one.tier, words)),
      )
      made.dataset['key'] = one?.member ?? 'guest'
      return made
    }),
  )
  searchBox.placeholder = words.search
  searchBox.title = words.searchHint
  showFound()
  byId('lines').replaceChildren(...linesView(basket.lines(), { config, changes: scene.changes, words, step: demo.step }))
  byId('coupon').replaceChildren(
    ...ticketView(scene.ticket, {
      config,
      words,
      language,
      busy: scene.busy,
      act: () => act({ offered: shopper.claim, claimed: cashier.sell, redeemed: shopper.useAgain }[scene.ticket.state]),
    }),
  )
  byId('channels').replaceChildren(
    ...channelsView(scene, {
      config,
      words,
      language,
      odd: verdict.kind === 'differs' ? verdict.odd.map(({ seen }) => seen.id) : [],
      sell: () => act(cashier.sell),
      putAway: cashier.putAway,
    }),
  )
  byId('events').replaceChildren(...entriesView(journal.entries(), words))
  byId('ledger').replaceChildren(...ledgerView(scene, words))
  if (focused !== undefined) document.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus()
}

function showFound(): void {
  const add = ({ article, grams }: Match): void => {
    searchBox.value = ''
    demo.add(article, grams)
  }
  const matches = search(config.articles, searchBox.value)
  byId('found').replaceChildren(...foundView(matches, { typed: searchBox.value, changes: stage.scene.changes, words: texts[language], add }))
}

searchBox.addEventListener('input', showFound)
searchBox.addEventListener('keydown', ({ key }) => {
  // a scanner types the code and ends with Enter
  if (key === 'Enter') byId('found').querySelector('button')?.click()
})
offline.addEventListener('change', () =>
  act(async () => {
    const pulled = offline.checked
    await cashier.cable(pulled)
    if (!pulled) await shopper.showCodeAgain()
  }),
)
byId('reprice').addEventListener('click', () => act(demo.reprice))
byId('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh'
  show(stage)
})
byId('privacy').addEventListener('click', () => {
  stage.scene.asking = !stage.scene.asking
  show(stage)
})
byId('grant').addEventListener('click', () => act(() => shopper.choose('grant')))
byId('deny').addEventListener('click', () => act(() => shopper.choose('deny')))

show(stage)
await demo.start()
