import type { Omokit } from 'omokit'
import type { Article } from '../../brand/catalogue'
import type { DemoConfig } from '../../demo-config'
import { demoApi } from '../demo-api'
import type { Devices } from '../devices/devices'
import { yuan } from '../view/yuan'
import { createBasket } from './basket'
import { type Cashier, createCashier } from './cashier'
import { createJournal } from './journal'
import { accountOf } from './ledger'
import { priceChannels } from './price-channels'
import { createShopper, type Shopper } from './shopper'
import type { Scene, Stage } from './stage'
import type { ChannelId } from './verdict'

/** The demonstration: four channels, a shopper, a cashier and head office. */
export interface Demo {
  readonly stage: Stage
  readonly shopper: Shopper
  readonly cashier: Cashier
  start(): Promise<void>
  add(article: Article, grams?: number): void
  step(sku: string, by: 1 | -1): void
  /** The article head office would reprice next, and to what. */
  nextPrice(): { readonly article: Article; readonly from: number; readonly to: number } | undefined
  reprice(): Promise<void>
}

const pollMs = 2000
const priceStep = 1000
const lowestPrice = 100

export function createDemo(config: DemoConfig, devices: Devices, show: (stage: Stage) => void): Demo {
  const { web, mini, till, cable } = devices
  const scene: Scene = {
    priced: {},
    accounts: {},
    findings: [],
    changes: config.changes,
    ticket: { state: 'offered' },
    slip: undefined,
    busy: false,
    asking: false,
    tillMember: undefined,
  }
  let round = 0
  const stage: Stage = {
    config,
    devices,
    scene,
    journal: createJournal(() => show(stage)),
    basket: createBasket(),
    show: () => show(stage),
    async requote() {
      const mine = ++round
      const priced = await priceChannels(stage)
      if (mine !== round) return
      scene.priced = priced
      show(stage)
    },
  }
  const { journal, basket } = stage

  /** Tells of each release that comes into force, and prices again. */
  async function followReleases(id: ChannelId, { pricing }: Pick<Omokit, 'pricing'>, how: 'pushed' | 'polled'): Promise<never> {
    for (let first = true; ; first = false) {
      const before = pricing.version()
      await pricing.waitFor(before + 1)
      const version = pricing.version()
      const way = first ? 'first' : id === 'till' && Date.now() - plugged < pollMs ? 'caughtUp' : how
      journal.note(id, (words) => words.log.taken(version, words.log[way]))
      void stage.requote()
    }
  }
  let plugged = 0
  cable.ports.life.onOnline((online) => online && (plugged = Date.now()))

  const delivered: Partial<Record<ChannelId, number>> = {}
  async function lookAtFacts(): Promise<void> {
    const hub = await demoApi.state()
    const accounts: Scene['accounts'] = {
      web: await accountOf(web.outbox, hub),
      mini: await accountOf(mini.outbox, hub),
      till: await accountOf(till.outbox, hub),
    }
    for (const id of ['web', 'mini', 'till'] as const) {
      const now = accounts[id]?.confirmed ?? 0
      const more = now - (delivered[id] ?? now)
      delivered[id] = now
      if (more > 0) journal.note(id, (words) => words.log.acked(more))
    }
    const fresh = hub.findings.filter(({ code, subject }) => !scene.findings.some((known) => known.code === code && known.subject === subject))
    for (const { code, subject } of fresh) journal.note('hub', (words) => words.log.found(words.finding(code), subject), true)
    if (JSON.stringify([accounts, hub.findings]) === JSON.stringify([scene.accounts, scene.findings])) return
    scene.accounts = accounts
    scene.findings = hub.findings
    show(stage)
  }

  /** Again and again, each time after the last is done; what fails is tried again. */
  const repeat = (run: () => Promise<unknown>): void =>
    void run()
      .catch(() => undefined)
      .then(() => setTimeout(() => repeat(run), pollMs))

  const restore = async (): Promise<void> => {
    await web.identity.ready()
    const state = web.consent.state()
    scene.asking = state === 'unset'
    if (state === 'unset') return
    await devices.openTillStore()
    if (state === 'granted') await mini.consent.grantAll()
    const member = web.identity.member()
    if (member !== undefined) await createShopper(stage).become(member)
  }

  const nextPrice: Demo['nextPrice'] = () => {
    const inBasket = config.articles.filter(({ sku }) => basket.lines().some((line) => line.sku === sku))
    // one that every shopper pays the same for, so that the change is seen whoever is logged in
    const article = inBasket.find(({ weighed, goldPrice }) => !weighed && goldPrice === undefined) ?? inBasket[0]
    if (!article) return undefined
    const from = scene.changes[article.sku] ?? article.price
    return { article, from, to: from < article.price ? article.price : Math.max(lowestPrice, from - priceStep) }
  }

  return {
    stage,
    nextPrice,
    shopper: createShopper(stage),
    cashier: createCashier(stage),
    async start() {
      for (const [id, shop, how] of [
        ['web', web, 'pushed'],
        ['mini', mini, 'polled'],
        ['till', till, 'pushed'],
      ] as const)
        void followReleases(id, shop, how)
      await Promise.all([web.start(), mini.start(), till.start()])
      repeat(async () => {
        await mini.pricing.refresh()
      })
      repeat(lookAtFacts)
      await restore()
      await stage.requote()
    },
    add(article, grams) {
      basket.add(article, grams)
      void web.track('Product Added', { sku: article.sku, price: article.price, currency: 'CNY', quantity: 1 })
      void stage.requote()
    },
    step(sku, by) {
      basket.step(sku, by)
      void web.track(by > 0 ? 'Product Added' : 'Product Removed', { sku, quantity: 1 })
      void stage.requote()
    },
    async reprice() {
      const next = nextPrice()
      if (!next) return
      const { article, from, to } = next
      journal.note('head', (words) => words.log.published(words.name(article), yuan(from), yuan(to)))
      const { changes } = await demoApi.reprice(article.sku, to)
      scene.changes = changes
      await stage.requote()
    },
  }
}
