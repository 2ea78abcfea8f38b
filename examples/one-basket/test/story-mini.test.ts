import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SigningKey } from '@omokit/core/documents'
import { createPureCrypto } from '@omokit/core/ed25519'
import { createMemoryPorts } from '@omokit/core/memory'
import { createOmokit, type Omokit } from 'omokit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brand, members, stores } from '../src/brand/brand'
import { type DemoHub, startDemoHub } from '../src/demo-hub'
import { startMini } from '../src/story/mini-shopper'
import { playMini } from '../src/story/play-mini'
import { tally } from '../src/story/tally'
import type { TillSetup } from '../src/story/till-calls'
import { openTillDesk } from '../src/story/till-desk'

describe("the story's mini-program part with the real hub", () => {
  let home: string
  let hub: DemoHub
  let keys: readonly SigningKey[]
  let web: Omokit
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'omokit-story-mini-'))
    hub = await startDemoHub({ dir: join(home, 'office') })
    keys = [hub.signingKey, hub.hubKey].map(({ kid, publicKey }) => ({ kid, key: publicKey, state: 'active' }))
    const ports = createMemoryPorts({ brand, net: { send: hub.net.send }, crypto: createPureCrypto() })
    web = createOmokit({ ports, hub: hub.url, key: hub.keys.publishable, keys, currency: 'CNY' })
    await web.start()
    await web.pricing.waitFor(1)
  }, 120_000)
  afterAll(async () => {
    await web?.stop()
    await hub?.close()
    rmSync(home, { recursive: true, force: true })
  })

  it.each([
    ['wechat', 1],
    ['alipay', 2],
  ] as const)(
    'goes as told in the %s layer: one price and one seal, the coupon used once, all facts once',
    async (host, i) => {
      const [member, store] = [members[i], stores[i]]
      if (!member || !store) throw new Error('the demo brand lost its members or stores')
      const setup: TillSetup = {
        brand,
        dir: join(home, `till-${host}`),
        hub: hub.url,
        key: hub.keys.terminals[store.storeId] as string,
        storeId: store.storeId,
        workstationId: '1',
        keys,
        currency: 'CNY',
      }
      mkdirSync(setup.dir, { recursive: true })
      const desk = openTillDesk(setup)
      await desk.start()
      await desk.refresh()
      const mini = await startMini({ host, hub: hub.url, net: hub.net, key: hub.keys.publishable, keys })
      const said: string[] = []
      const part = await playMini({
        mini,
        member,
        session: (await hub.login(member.member)).token,
        lines: [
          { id: '1', sku: 'TEA006', qty: 2 },
          { id: '2', sku: 'WAR001', qty: 1 },
        ],
        quoteOnWeb: web.quote,
        till: { setup, ask: (call, ...args) => (desk[call] as (args: unknown) => never)(args[0] ?? {}) },
        order: `M-${host}`,
        say: (line) => said.push(line),
      })
      expect(part.seals).toHaveLength(4)
      expect(new Set(part.seals).size).toBe(1)
      expect(said).toEqual([expect.stringContaining('already-redeemed')])
      await desk.flush()
      const streams = await mini.ownStreams()
      const result = await tally(hub, streams, [`M-${host}`], [], [{ host, kills: mini.kills(), part, streams }])
      expect(result.mini[host]).toMatchObject({ facts: { missing: 0 }, seals: 4, mismatches: 0, redeemed: 1, kills: 3 })
      expect(result.mini[host].facts.appended).toBeGreaterThan(part.tracked)
      expect(result.facts.missing).toBe(0)
      const stored = await hub.store.tx(brand, (trx) => trx.selectFrom('facts').select(['stream', 'text']).where('brand', '=', brand).execute())
      const names = stored.filter(({ stream }) => streams.some((own) => own.stream === stream)).flatMap(({ text }) => /"name":"([^"]+)"/.exec(text)?.[1] ?? [])
      expect(names.sort()).toEqual(['home', 'receipt', 'tea', 'teaware'])
      await desk.stop()
    },
    120_000,
  )
})
