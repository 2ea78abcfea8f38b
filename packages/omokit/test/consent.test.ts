import { OmoError, type Fact, type FactsRequest } from '@omokit/core'
import { createMemoryDevice, createMemoryPorts, type MemoryDevice } from '@omokit/core/memory'
import { createOmokitCore, type OmokitCore } from 'omokit'
import { describe, expect, it } from 'vitest'

interface Page {
  readonly shop: OmokitCore
  readonly device: MemoryDevice
  readonly sent: Fact[]
  requests: number
  online: boolean
  stored(): string
}

function page(device: MemoryDevice = createMemoryDevice()): Page {
  const sent: Fact[] = []
  const state: Page = {
    device,
    sent,
    requests: 0,
    online: true,
    stored: () => JSON.stringify([Array.from(device.kv), Array.from(device.logs, ([name, log]) => [name, log.read(0, 1e6, 1e9)])]),
    shop: createOmokitCore({
      hub: 'http://hub',
      key: 'pk',
      ports: createMemoryPorts({
        brand: 'b',
        device,
        net: {
          async send({ body }) {
            if (!state.online) throw new OmoError('unavailable', 'offline')
            state.requests++
            const { facts } = JSON.parse(body as string) as FactsRequest
            sent.push(...facts)
            return { status: 200, headers: {}, text: JSON.stringify({ through: facts[facts.length - 1]?.seq, except: [], server_time: Date.now() }) }
          },
        },
      }),
    }),
  }
  return state
}
const kinds = (facts: readonly Fact[]): string[] => facts.map((fact) => fact.kind)
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

describe("a shopper's device", () => {
  it('stores and sends nothing before a choice, whatever is called', async () => {
    const { shop, device, ...rest } = page()
    await shop.start()
    void shop.track('Product Viewed', { sku: 'cola' })
    await shop.login({ member: 'm1', token: 't1' })
    await shop.logout()
    await shop.flush()
    await quiet()
    expect([device.kv.size, device.logs.size, rest.requests]).toEqual([0, 0, 0])
  })

  it('after a refusal has sent one receipt, and then nothing, on later pages too', async () => {
    const first = page()
    await first.shop.consent.deny()
    await first.shop.flush()
    expect(kinds(first.sent)).toEqual(['Consent Recorded'])
    const before = first.stored()
    for (const shop of [first, page(first.device)]) {
      const requests = shop.requests
      await shop.shop.start()
      void shop.shop.track('Product Viewed', { sku: 'cola' })
      await shop.shop.login({ member: 'm1', token: 't1' })
      await shop.shop.flush()
      await quiet()
      expect(shop.requests).toBe(requests)
    }
    expect(first.stored()).toBe(before)
  })

  it('after a withdrawal has sent one receipt without an earlier id, holds no id, and sends nothing of what waited', async () => {
    const one = page()
    await one.shop.consent.grantAll()
    await one.shop.login({ member: 'member-1', token: 'token-1' })
    await one.shop.track('Product Viewed', { sku: 'cola' })
    await one.shop.flush()
    const { anonId } = one.shop.identity.ids()
    one.online = false
    await one.shop.track('Product Viewed', { sku: 'secret-sku' })
    await one.shop.flush()
    expect(one.stored()).toContain(anonId)
    const sent = one.sent.length
    await one.shop.consent.withdraw()
    one.online = true
    await one.shop.flush()
    await one.shop.flush()
    const after = one.sent.slice(sent)
    expect(kinds(after).filter((kind) => kind === 'Consent Recorded')).toHaveLength(1)
    expect(kinds(after).filter((kind) => kind !== 'Consent Recorded' && kind !== 'Stream Ended')).toEqual([])
    for (const id of [anonId as string, 'member-1', 'token-1', 'secret-sku']) {
      expect(JSON.stringify(after)).not.toContain(id)
      expect(one.stored()).not.toContain(id)
    }
    const requests = one.requests
    void one.shop.track('Product Viewed', { sku: 'cola' })
    await one.shop.flush()
    expect(one.requests).toBe(requests)
  })

  it('begins a new stream and visitor at logout', async () => {
    const one = page()
    await one.shop.consent.grantAll()
    const first = await one.shop.track('Product Viewed', { sku: 'cola' })
    const before = one.shop.identity.ids().anonId
    await one.shop.logout()
    const second = await one.shop.track('Product Viewed', { sku: 'cola' })
    expect(second?.stream).not.toBe(first?.stream)
    expect(one.shop.identity.ids().anonId).not.toBe(before)
    await one.shop.flush()
    expect(kinds(one.sent).filter((kind) => kind === 'Session Started')).toHaveLength(2)
  })
})
