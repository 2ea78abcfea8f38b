import { fileURLToPath } from 'node:url'
import type { Issue } from '@omokit/core'
import { createManualClock } from '@omokit/core/memory'
import type { Outbox } from '@omokit/core/outbox'
import { createRandom } from '@omokit/core/testing'
import { createAlipayLayer, createWechatLayer } from '@omokit/core/testing/layers'
import type { LayerServer } from '@omokit/core/testing/layers'
import { bundle } from '../../../../scripts/engines/bundle'
import { createFakeHub } from '../fake-hub'
import type { FakeHub } from '../fake-hub'

export interface LayerRun {
  readonly host: 'wechat' | 'alipay'
  readonly seed: number
  /** Facts of each of the two brands. */
  readonly facts: number
  /** Bytes the mini-program has taken. */
  readonly taken: number
  /** Nothing gets through before the world heals: storage holds all. */
  readonly offline?: boolean
  /** A planted fault: storage is gone after each kill. */
  readonly forgetful?: boolean
  /** A planted fault: a hub whose answer got lost has forgotten what it took. */
  readonly amnesiac?: boolean
}

export interface LayerFigures {
  readonly stored: number
  readonly arrived: number
  readonly lost: number
  /** Still waiting after the world has healed. */
  readonly pending: number
  readonly twice: number
  readonly foreign: number
  readonly kills: number
  readonly freezes: number
  readonly fails: number
  readonly serverErrors: number
  readonly answersLost: number
  /** Most bytes of storage in use by us at any moment. */
  readonly peakBytes: number
  readonly mostInFlight: number
  readonly quotaIssues: number
}

let code: Promise<string> | undefined
const shopCode = (): Promise<string> => (code = code || bundle({ file: fileURLToPath(new URL('./shop-in-layer.ts', import.meta.url)) }))

type Shop = { openOutbox(host: string, brand: string, onIssue: (issue: Issue) => void): Outbox }
const brands = ['one', 'two'] as const

/**
 * A mini-program with two brands in one layer, in a world where requests fail, answers are errors or get lost, the user
 * leaves for longer than the freeze, and the host kills it: at any moment and in the middle of a write. Then the world heals.
 */
export async function runLayer({ host, seed, facts, taken, offline, forgetful, amnesiac }: LayerRun): Promise<LayerFigures> {
  const random = createRandom(seed)
  const { chance, below } = random
  const clock = createManualClock()
  const hubs: Record<string, FakeHub> = { one: createFakeHub(), two: createFakeHub() }
  const count = { fails: 0, serverErrors: 0, answersLost: 0, kills: 0, freezes: 0, quotaIssues: 0 }
  let healed = false

  const server: LayerServer = async ({ url, method, headers, body }) => {
    const hub = hubs[String(headers['authorization']).slice('Bearer pk_test_'.length)] as FakeHub
    await new Promise<void>((resolve) => void clock.timer.after(1 + below(300), resolve))
    if (!healed && (offline || chance(0.15)) && ++count.fails) throw new Error('fail')
    if (!healed && chance(0.15) && ++count.serverErrors) return { status: 500, headers: {}, text: 'oops' }
    const answer = await hub.send({ url, method: method as 'POST', headers, ...(body !== undefined && { body }) })
    if (!healed && chance(0.1) && ++count.answersLost) {
      if (amnesiac) hub.streams.clear()
      throw new Error('answer lost')
    }
    return answer
  }

  const killAtWrite = (): { write: number; when: 'before' | 'after' } => ({ write: 40 + below(400), when: chance(0.5) ? 'before' : 'after' })
  let layer = (host === 'wechat' ? createWechatLayer : createAlipayLayer)({
    server,
    clock,
    taken,
    random: createRandom(seed + 1_000_000).next,
    statusAsString: chance(0.3),
    killAtWrite: killAtWrite(),
  })
  let outboxes: Record<string, Outbox> = {}
  let most = 0
  const launch = async (): Promise<void> => {
    const shop = layer.load(await shopCode()) as Shop
    for (const brand of brands) outboxes[brand] = shop.openOutbox(host, brand, ({ code: found }) => void (found === 'quota' && count.quotaIssues++))
  }
  const relaunch = async (): Promise<void> => {
    count.kills++
    most = Math.max(most, layer.network.most)
    if (forgetful) layer.storage.entries.clear()
    layer = layer.relaunch(healed ? {} : { killAtWrite: killAtWrite() })
    outboxes = {}
    await launch()
  }
  await launch()

  const stored: Record<string, Set<number>> = { one: new Set(), two: new Set() }
  let next = 0
  while (next < facts) {
    if (!layer.alive) await relaunch()
    const burst = 1 + below(12)
    for (let i = 0; i < burst && next < facts && layer.alive; i++) {
      const n = ++next
      for (const brand of brands) {
        const kind = n % 5 ? 'Product Viewed' : 'Order Completed'
        outboxes[brand]?.append({ kind, body: { n, brand, ...(!offline && { note: '再买 12.00 元可减 20.00'.repeat(4) }) } }).then(
          () => stored[brand]?.add(n),
          () => undefined,
        )
      }
    }
    await clock.advance(below(1_500))
    if (chance(0.03)) {
      layer.hide()
      await clock.advance(5_000 + below(60_000))
      count.freezes += layer.frozen ? 1 : 0
      layer.show()
    }
    if (chance(0.02)) {
      layer.online(false)
      await clock.advance(below(20_000))
      layer.online(true)
    }
    if (chance(0.02)) layer.kill()
  }
  healed = true
  await relaunch()
  for (let i = 0; i < 20; i++) {
    for (const brand of brands) void outboxes[brand]?.flush()
    await clock.advance(120_000)
  }
  most = Math.max(most, layer.network.most)

  const figures = { stored: 0, arrived: 0, lost: 0, pending: 0, twice: 0, foreign: 0 }
  for (const brand of brands) {
    const seen = new Map<number, number>()
    for (const kind of ['Product Viewed', 'Order Completed']) {
      for (const body of hubs[brand]?.of(kind) ?? []) {
        if (body['brand'] !== brand) figures.foreign++
        seen.set(body['n'] as number, (seen.get(body['n'] as number) ?? 0) + 1)
      }
    }
    figures.stored += stored[brand]?.size ?? 0
    figures.pending += (await outboxes[brand]?.stats())?.pending ?? 0
    figures.arrived += seen.size
    stored[brand]?.forEach((n) => (figures.lost += seen.has(n) ? 0 : 1))
    seen.forEach((times) => (figures.twice += times - 1))
  }
  return { ...figures, ...count, peakBytes: layer.storage.peak, mostInFlight: most }
}
