import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ports, Result } from '@omokit/core'
import type { SigningKey } from '@omokit/core/documents'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import { createNodePorts } from '@omokit/core/node'
import type { Basket } from '@omokit/rules'
import { createOmokit } from 'omokit'
import { brand, coupon, members, stores } from '../brand/brand'
import { startDemoHub } from '../demo-hub'
import { type MiniShopper, startMini } from './mini-shopper'
import { type MiniPart, playMini } from './play-mini'
import { startTamperProxy } from './tamper-proxy'
import { type MiniPlayed, ownStreams, type Planted, printedOrders, type StoryResult, tally, tillStreams } from './tally'
import { startTill, type TillHandle } from './till-handle'

/** Options of {@link runStory}. */
export interface StoryOptions {
  /** One line for people at each step. */
  readonly say: (line: string) => void
  /** Keeps the tills' folders, for a look afterwards. */
  readonly keep?: boolean
}

/** The basket everybody prices: tea and snacks for 满减, teaware at 10 % off, a weighed melon-sized pomelo. */
const lines: Basket['lines'] = [
  { id: '1', sku: 'TEA006', qty: 2 },
  { id: '2', sku: 'SNK005', qty: 1 },
  { id: '3', sku: 'WAR001', qty: 1 },
  { id: '4', sku: 'FRT010', qty: 1, grams: 2310 },
]

/**
 * The story that shows why omokit exists, with a real hub, real till processes and real kills. Throws when a step does not
 * go as told; what was counted comes from the hub's tables and the devices' own storage.
 */
export async function runStory({ say, keep = false }: StoryOptions): Promise<StoryResult> {
  const home = mkdtempSync(join(tmpdir(), 'omokit-story-'))
  const closers: (() => Promise<unknown> | unknown)[] = []
  try {
    const hub = await startDemoHub({ dir: join(home, 'office'), onFault: (error) => say(`hub fault: ${String(error)}`) })
    closers.push(() => hub.close())
    say(`hub on ${hub.url}, release 1 signed and published`)
    const [shopper] = members
    const [first, second, third] = stores
    if (!shopper || !first || !second || !third) throw new Error('the demo brand lost its members or stores')
    const keys: readonly SigningKey[] = [hub.signingKey, hub.hubKey].map((file) => ({ kid: file.kid, key: file.publicKey, state: 'active' }))
    const common = { hub: hub.url, keys, currency: 'CNY' }
    const planted: Planted[] = []

    // — the web: browse, be asked to log in, claim
    const webDevice = createMemoryDevice()
    const webPorts = (): Ports => createMemoryPorts({ brand, device: webDevice, platform: 'web', net: onlyRequests(hub.net), crypto: cryptoOf(home) })
    const web = createOmokit({ ...common, key: hub.keys.publishable, ports: webPorts(), place: { channel: 'web' } })
    await web.start()
    await web.pricing.refresh()
    expect('before a choice nothing is stored', webDevice.used() === 0)
    await web.consent.grantAll()
    await web.track('Page Viewed', { path: '/tea' })
    await web.track('Product Viewed', { sku: 'TEA006' })
    const asVisitor = await web.coupons.claim(coupon.id)
    say(`web: a visitor browses; claiming ${coupon.id} without an account is refused: ${codes(asVisitor)}`)
    expect('a visitor is asked to log in', !asVisitor.ok)
    const session = await hub.login(shopper.member)
    must('login', await web.login({ member: shopper.member, token: session.token }))
    const claimed = must('claim', await web.coupons.claim(coupon.id))
    await web.track('Coupon Claimed', { coupon: coupon.id, item: claimed.item })
    say(`web: ${shopper.name} logs in and claims one: ${claimed.code}`)

    // — mini-programs, each in a layer that has only what its host has: the same price, by polling; and the member code
    const openMini = async (host: 'wechat' | 'alipay'): Promise<MiniShopper> => {
      const opened = await startMini({ host, hub: hub.url, net: hub.net, key: hub.keys.publishable, keys })
      closers.push(() => opened.shop().stop())
      return opened
    }
    const mini = await openMini('wechat')
    await mini.shop().pricing.refresh()
    await mini.shop().consent.grantAll()
    must('login on the mini-program', await mini.shop().login({ member: shopper.member, token: session.token }))
    await mini.shop().track('Screen Viewed', { name: 'basket' })
    const basket = (channel: Basket['channel'], storeId?: string): Basket => ({
      currency: 'CNY',
      channel,
      tier: shopper.tier,
      lines,
      coupons: [{ coupon: coupon.id, item: claimed.item }],
      ...(storeId ? { storeId } : {}),
    })
    const onWeb = must('quote on the web', web.quote(basket('web')))
    const onMini = must('quote on the mini-program', await mini.shop().quote(basket('miniprogram')))
    expect('web and mini-program show the same total', onWeb.totals.pay === onMini.totals.pay)
    say(`web and mini-program: ${yuan(onWeb.totals.pay)} on both, ${onWeb.points.earned} points`)
    const code = must('member code', await mini.shop().identity.memberCode())

    // — till 1: online in the morning, then without a network
    const setup = (folder: string, store: { readonly storeId: string }, workstationId: string, through = hub.url): Parameters<typeof startTill>[0] => ({
      brand,
      dir: join(home, folder),
      hub: through,
      key: hub.keys.terminals[store.storeId] ?? '',
      storeId: store.storeId,
      workstationId,
      keys,
      currency: 'CNY',
    })
    const tills: TillHandle[] = []
    const open = async (...args: Parameters<typeof setup>): Promise<TillHandle> => {
      const till = await startTill(setup(...args))
      tills.push(till)
      closers.push(() => till.kill())
      return till
    }
    let till1 = await open('till-1', first, '1')
    const till2 = await open('till-2', second, '1')
    const editedOrder = 'B-0002'
    const proxy = await startTamperProxy(hub.url, editedOrder, 1000)
    closers.push(() => proxy.close())
    const till4 = await open('till-4', second, '2', proxy.url)
    const till3 = await open('till-3', third, '1')
    const sale = (order: string, store: { readonly storeId: string }, sku: string): { order: string; basket: Basket; payment: string } => ({
      order,
      payment: 'card',
      basket: { currency: 'CNY', channel: 'till', storeId: store.storeId, lines: [{ id: '1', sku, qty: 1 }] },
    })
    // — the mini-program part: a shopper in WeChat's layer and one in Alipay's, the till of their choice in the morning
    const parts: { readonly shopper: MiniShopper; readonly part: MiniPart }[] = []
    for (const [i, host] of (['wechat', 'alipay'] as const).entries()) {
      const member = members[i + 1]
      if (!member) throw new Error('the demo brand lost its members')
      const opened = await openMini(host)
      const { token } = await hub.login(member.member)
      const part = await playMini({ mini: opened, member, session: token, lines, quoteOnWeb: web.quote, till: till2, order: `M-000${i + 1}`, say })
      parts.push({ shopper: opened, part })
    }

    must('morning sale', await till1.ask('sell', sale('A-0001', first, 'SNK001')))
    await till1.ask('flush')
    const who = must('member code at the till', await till1.ask('readMember', { code: code.code }))
    expect('the code names the member', who.member === shopper.member)
    const wallet = must('wallet at the till', await till1.ask('wallet', { code: code.code }))
    const item = wallet.find((row) => row.item === claimed.item)
    if (!item?.token) throw new Error('the coupon is not in the wallet that the till sees')
    must('lease', await till1.ask('lease', { item: item.item, coupon: coupon.id }))
    await till1.ask('cable', { in: false })
    say(`till 1: reads the member code, leases the coupon, and the network goes`)

    const atTill = must('quote at the till', await till1.ask('quote', { basket: basket('till', first.storeId) }))
    expect('the offline till shows the same total', atTill.totals.pay === onWeb.totals.pay)
    const redemption = {
      order: 'A-0002',
      coupon: coupon.id,
      item: item.item,
      token: item.token,
      amount: atTill.applied.find((rule) => rule.rule === coupon.id)?.amount ?? 0,
      member: shopper.member,
    }
    const redeemed = must('offline redemption', await till1.ask('redeem', { redemption }))
    const bigSale = { order: 'A-0002', basket: basket('till', first.storeId), payment: 'card', member: shopper.member, redemptions: [redeemed] }
    const receipt = must('offline receipt', await till1.ask('sell', bigSale))
    say(`till 1, offline: ${yuan(receipt.pay)}, coupon redeemed under the lease, receipt ${receipt.receiptNo}, seal ${receipt.seal.slice(0, 12)}…`)

    // — the others try the same coupon
    const atTill2 = await till2.ask('redeem', { redemption: { ...redemption, order: 'B-0001' } })
    expect('the second till is refused', !atTill2.ok)
    const onTheWeb = await web.coupons.hold('W-0001', [{ coupon: coupon.id, item: item.item }])
    expect('the web is refused', !onTheWeb.ok)
    say(`till 2 and the web try the same coupon: ${codes(atTill2)}, ${codes(onTheWeb)}`)

    // — SIGKILL in the middle, and the same answers afterwards
    await till1.kill()
    const copy = join(home, 'copy-of-till-1')
    cpSync(setup('till-1', first, '1').dir, copy, { recursive: true })
    till1 = await startTill(setup('till-1', first, '1'))
    closers.push(() => till1.kill())
    await till1.ask('cable', { in: false })
    const again = must('the same redemption after the kill', await till1.ask('redeem', { redemption }))
    expect('it is the same redemption', again.item === redeemed.item && again.offline === redeemed.offline)
    const sameReceipt = must('the same receipt after the kill', await till1.ask('sell', bigSale))
    expect('it is the same receipt', sameReceipt.receiptNo === receipt.receiptNo && sameReceipt.seal === receipt.seal)
    say('till 1: killed with SIGKILL, started again: same redemption, same receipt number, nothing burned twice')

    // — fault 1: till 3 sells with a release that is no longer current
    await till3.ask('cable', { in: false })
    const version = await hub.publish({ TEA001: 5800 })
    await Promise.all([till2.ask('refresh'), web.pricing.refresh(), mini.shop().pricing.refresh()])
    await pause(2200)
    must('sale with a stale release', await till3.ask('sell', sale('C-0001', third, 'TEA001')))
    planted.push({ code: 'stale-release', subject: 'C-0001' })
    say(`release ${version} lowers a price; till 3, offline, still sells with release 1`)

    // — fault 2: a receipt of till 4 is edited on its way
    must('sale that will be edited', await till4.ask('sell', sale(editedOrder, second, 'WAR004')))
    planted.push({ code: 'receipt-edited', subject: editedOrder })
    await till4.ask('flush')
    expect('the receipt was edited on its way', proxy.edited.length > 0)
    say('between till 4 and the hub somebody takes 10.00 off a receipt')

    // — the network returns
    for (const till of [till1, till3]) {
      await till.ask('cable', { in: true })
      await till.ask('flush')
    }
    must('sale after the network returned', await till1.ask('sell', sale('A-0003', first, 'DRK001')))
    await till1.ask('flush')
    for (const shop of [web, mini.shop()]) await shop.flush()

    // — fault 3: the journal of till 1, as it was copied at the kill, is sent once more
    const journal = createNodePorts({ brand, dir: copy, platform: 'till' })
    for (const stream of await journal.log.list()) {
      const records = await journal.log.open(stream).read(1, 500, 1_000_000)
      const lane = records.some(({ text }) => text.includes('"prev":')) ? 'trade' : 'observe'
      const body = `{"stream":"${stream}","lane":"${lane}","sent_at":${Date.now()},"head":${records.at(-1)?.seq ?? 0},"facts":[${records.map(({ seq, text }) => `{"seq":${seq},${text.slice(1)}`).join()}]}`
      const answer = await hub.net.send({
        url: `${hub.url}/v1/facts`,
        method: 'POST',
        headers: { authorization: `Bearer ${hub.keys.terminals[first.storeId]}`, 'content-type': 'application/json' },
        body,
      })
      expect(`the hub answers the journal sent again (${answer.status})`, answer.status === 200)
      if (lane === 'trade') planted.push({ code: 'journal-replayed', subject: stream })
    }
    say('the network returns, everything arrives; then the copied journal of till 1 is sent a second time')

    // — everybody closes; what is counted now stands on disk and in the hub's tables
    for (const till of [till1, till2, till3, till4]) {
      await till.ask('flush')
      await till.stop()
    }
    await web.stop()
    const folders = ['till-1', 'till-2', 'till-3', 'till-4'].map((name) => join(home, name))
    const minis = [mini, ...parts.map((one) => one.shopper)]
    const own = [
      ...(await Promise.all([
        ...folders.map(tillStreams),
        ownStreams(createMemoryPorts({ brand, device: webDevice })),
        ...minis.map((each) => each.ownStreams()),
      ])),
    ].flat()
    return await tally(hub, own, folders.flatMap(printedOrders), planted, await Promise.all(parts.map(miniTally)))
  } finally {
    for (const close of closers.reverse()) await close()
    if (keep) say(`kept: ${home}`)
    else rmSync(home, { recursive: true, force: true })
  }
}

/** What the mini-program part left, its streams read from its storage. */
async function miniTally({ shopper, part }: { readonly shopper: MiniShopper; readonly part: MiniPart }): Promise<MiniPlayed> {
  return { host: shopper.host, kills: shopper.kills(), part, streams: await shopper.ownStreams() }
}

/** A network without server-sent events: what has only requests polls. */
const onlyRequests = (net: Ports['net']): Ports['net'] => ({ send: net.send })

const cryptoOf = (dir: string): NonNullable<Ports['crypto']> => createNodePorts({ brand, dir }).crypto as NonNullable<Ports['crypto']>

function must<T>(step: string, answer: Result<T>): T {
  if (answer.ok) return answer.value
  throw new Error(`${step} was refused: ${JSON.stringify(answer.issues)}`)
}

function expect(what: string, holds: boolean): void {
  if (!holds) throw new Error(`the story does not hold: ${what}`)
}

const codes = (answer: Result<unknown>): string => (answer.ok ? 'accepted' : answer.issues.map((issue) => issue.code).join(', '))

const yuan = (fen: number): string => `¥${(fen / 100).toFixed(2)}`

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
