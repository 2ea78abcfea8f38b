import { OmoError, type Clock, type FactDraft } from '@omokit/core'
import { createMemoryDevice, createMemoryPorts, type MemoryDevice } from '@omokit/core/memory'
import { createOutbox, type Outbox } from '@omokit/core/outbox'
import type { Quote } from '@omokit/rules'
import { describe, expect, it } from 'vitest'
import { createReceipts, type Receipts } from '../src/receipts'

const quote = {
  release: 7,
  instant: 5,
  currency: 'CNY',
  basket: { currency: 'CNY', channel: 'till', lines: [] },
  lines: [],
  totals: { gross: 0, discount: 0, shipping: 0, shippingDiscount: 0, total: 0, rounding: 0, pay: 0 },
  points: { earned: 0, burned: 0 },
  applied: [],
  rejected: [],
  method: { allocation: 'largest-remainder', rounding: 'half-up' },
  flags: [],
} as unknown as Quote
const clock: Clock = { read: () => ({ now: 1, device: 1, mono: 1, source: 'device' }), observe: () => undefined, floor: () => undefined }

function till(device: MemoryDevice, spoil: (draft: FactDraft) => OmoError | undefined = () => undefined): { receipts: Receipts; outbox: Outbox; kill(): void } {
  const ports = createMemoryPorts({ brand: 'b', device })
  const outbox = createOutbox({ ports, clock, hub: 'http://hub', key: 'tk' })
  const append = (draft: FactDraft): ReturnType<Outbox['append']> => {
    const fault = spoil(draft)
    return fault ? Promise.reject(fault) : outbox.append(draft)
  }
  return {
    outbox,
    kill: ports.host.kill,
    receipts: createReceipts({ ports, outbox: { append, readTrade: outbox.readTrade }, terminal: 's-1', place: () => ({ channel: 'till' }) }),
  }
}
const issue = async ({ receipts }: { receipts: Receipts }, order: string): Promise<unknown> => {
  const answer = await receipts.issue({ order, quote })
  return answer.ok ? answer.value.receiptNo : answer.issues[0]?.code
}

describe('receipts', () => {
  it('are numbered without gaps, sealed, and the same for the same order', async () => {
    const one = till(createMemoryDevice())
    expect(await Promise.all(['a', 'b', 'a', 'c'].map((order) => issue(one, order)))).toEqual(['s-1-1', 's-1-2', 's-1-1', 's-1-3'])
    const [first] = await one.outbox.readTrade()
    expect(first?.fact).toMatchObject({ kind: 'Receipt Issued', place: { channel: 'till' }, body: { receiptNo: 's-1-1', order: 'a', release: 7, instant: 5 } })
    expect((first?.fact.body['seal'] as { hash: string }).hash).toMatch(/^[\w-]{43}$/)
  })

  it('keep their numbers when the storage is full: the number is used by the next', async () => {
    let full = true
    const one = till(createMemoryDevice(), () => (full ? new OmoError('quota', 'full') : undefined))
    expect(await issue(one, 'a')).toBe('quota')
    full = false
    expect(await issue(one, 'b')).toBe('s-1-1')
  })

  it('of two pages of one till share numbers and orders', async () => {
    const device = createMemoryDevice()
    const [one, two] = [till(device), till(device)]
    const numbers: unknown[] = []
    for (const order of ['a', 'b', 'c', 'd']) numbers.push(await issue(one, order), await issue(two, order))
    numbers.push(await issue(two, 'e'), await issue(one, 'f'), await issue(one, 'e'))
    expect(numbers).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 5].map((n) => `s-1-${n}`))
    expect((await one.outbox.readTrade()).filter(({ fact }) => fact.kind === 'Receipt Issued')).toHaveLength(6)
  })

  it('go on from the journal when the counter was lost', async () => {
    const device = createMemoryDevice()
    const one = till(device)
    await issue(one, 'a')
    await issue(one, 'b')
    one.kill()
    for (const key of Array.from(device.kv.keys())) if (key.endsWith('till.receipts')) device.kv.delete(key)
    const two = till(device)
    expect([await issue(two, 'b'), await issue(two, 'c')]).toEqual(['s-1-2', 's-1-3'])
  })

  it('killed at every single step: no number twice, none missing, and what was answered is in the journal', async () => {
    let answered: unknown
    let steps = 0
    for (; answered === undefined; steps++) {
      const device = createMemoryDevice()
      const one = till(device)
      await issue(one, 'a')
      void issue(one, 'b').then((no) => (answered = no))
      for (let step = 0; step < steps && answered === undefined; step++) await Promise.resolve()
      one.kill()
      const two = till(device)
      const numbers = [await issue(two, 'c'), await issue(two, 'b'), await issue(two, 'd')]
      const journal = (await two.outbox.readTrade()).filter(({ fact }) => fact.kind === 'Receipt Issued').map(({ fact }) => String(fact.body['receiptNo']))
      expect(journal).toEqual(['s-1-1', 's-1-2', 's-1-3', 's-1-4'])
      expect(new Set(numbers).size).toBe(3)
      if (answered !== undefined) expect(numbers[1]).toBe(answered)
    }
    expect(steps).toBeGreaterThan(10)
  })
})
