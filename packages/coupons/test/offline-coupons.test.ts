import { generateKeyPairSync } from 'node:crypto'
import { refuse, type OfflineContract, type RedemptionBody, type Result } from '@omokit/core'
import { createMemoryDevice, type MemoryDevice } from '@omokit/core/memory'
import { describe, expect, it } from 'vitest'
import { openHub, openTill, start, token, type Hub, type Till } from './till'

const code = (result: Result<unknown>): string | undefined => (result.ok ? undefined : result.issues[0]?.code)

async function redeem(
  till: Till,
  item: string,
  order: string,
  more: { coupon?: string; amount?: number; token?: string } = {},
): Promise<Result<RedemptionBody>> {
  const { coupon = 'spring', amount = 500 } = more
  return till.coupons.redeemOffline({ order, coupon, item, amount, token: more.token ?? (await token(coupon, item)), receiptNo: `R-${order}` })
}

/** A till with a counter lease of `qty` units that then lost the network. */
async function leased(
  qty: number,
  contract?: OfflineContract | false,
  device: MemoryDevice = createMemoryDevice(),
): Promise<{ hub: Hub; till: Till; device: MemoryDevice }> {
  const hub = openHub()
  const till = openTill(hub, device)
  await till.coupons.acquireLease(
    { kind: 'counter', id: 'offline:spring', qty },
    { coupon: 'spring', ttlMs: 3_600_000, ...(contract !== undefined && { contract }) },
  )
  hub.online = false
  return { hub, till, device }
}

describe('a lease', () => {
  it('is asked for with the same words after a crash or a lost answer, and with new ones once answered', async () => {
    const hub = openHub()
    const device = createMemoryDevice()
    hub.online = false
    expect(code(await openTill(hub, device).coupons.acquireLease({ kind: 'counter', id: 'c', qty: 3 }))).toBe('unavailable')
    hub.online = true
    const restarted = openTill(hub, device)
    expect(await restarted.coupons.acquireLease({ kind: 'counter', id: 'c', qty: 99 })).toMatchObject({
      ok: true,
      value: { lease: 'L-c', right: { qty: 3 }, terminal: 'till-1', acquiredAt: start },
    })
    await restarted.coupons.acquireLease({ kind: 'counter', id: 'c', qty: 3 })
    const [first, second, third] = hub.commands
    expect(second).toEqual(first)
    expect(third?.occasion).not.toEqual(first?.occasion)
  })

  it('that is refused may be asked for anew', async () => {
    const hub = openHub()
    const till = openTill(hub)
    hub.answer = refuse('exhausted')
    expect(code(await till.coupons.acquireLease({ kind: 'counter', id: 'c', qty: 3 }))).toBe('exhausted')
    await till.coupons.acquireLease({ kind: 'counter', id: 'c', qty: 2 })
    expect(hub.commands[1]?.payload).toMatchObject({ right: { qty: 2 } })
  })

  it("takes the offline contract from the hub's definition of the coupon", async () => {
    const hub = openHub()
    hub.definitions = [{ id: 'spring', offline: { maxCount: 1 } }]
    const till = openTill(hub)
    await till.coupons.acquireLease({ kind: 'counter', id: 'c', qty: 3 }, { coupon: 'spring' })
    expect((await till.coupons.leases())[0]).toMatchObject({ contract: { maxCount: 1 }, left: 3 })
  })

  it('is returned after the journal was sent, with what was spent', async () => {
    const { hub, till } = await leased(3)
    await redeem(till, 'i1', 'o1')
    hub.online = true
    expect((await till.coupons.returnLease('L-offline:spring')).ok).toBe(true)
    expect(hub.burned).toEqual(['i1@o1'])
    expect(hub.commands[hub.commands.length - 1]).toMatchObject({ operation: 'lease-return', payload: { lease: 'L-offline:spring', spent: 1 } })
    expect(await till.coupons.leases()).toEqual([])
    expect(code(await till.coupons.returnLease('L-offline:spring'))).toBe('lease-unknown')
  })
})

describe('redeeming offline', () => {
  it('stands in the trade lane before it answers', async () => {
    const { till } = await leased(3)
    const answer = await redeem(till, 'i1', 'o1')
    const [journal] = await till.outbox.readTrade()
    expect(answer).toEqual({ ok: true, value: journal?.fact.body })
    expect(journal?.fact).toMatchObject({
      kind: 'Coupon Redeemed',
      body: {
        coupon: 'spring',
        item: 'i1',
        order: 'o1',
        lease: 'L-offline:spring',
        terminal: 'till-1',
        amount: 500,
        receiptNo: 'R-o1',
        quantity: 1,
        offline: true,
      },
    })
    expect((await till.coupons.leases())[0]?.left).toBe(2)
  })

  it('gives the same order the same answer, and another order a refusal', async () => {
    const { till } = await leased(3)
    const first = await redeem(till, 'i1', 'o1')
    expect(await redeem(till, 'i1', 'o1')).toEqual(first)
    expect(await redeem(till, 'i1', 'o2')).toEqual({ ok: false, issues: [{ code: 'already-redeemed', path: 'i1', have: 'o1' }] })
    expect(await till.outbox.readTrade()).toHaveLength(1)
  })

  it('never spends more than the lease, however many ask at once', async () => {
    const { till } = await leased(3)
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => redeem(till, `i${i}`, `o${i}`)))
    expect(answers.filter((answer) => answer.ok)).toHaveLength(3)
    expect(answers.filter((answer) => !answer.ok).map(code)).toEqual(Array(5).fill('lease-exhausted'))
  })

  it('spends a leased item once, and only that item', async () => {
    const hub = openHub()
    const till = openTill(hub)
    await till.coupons.acquireLease({ kind: 'item', id: 'i1', qty: 1 })
    expect((await redeem(till, 'i1', 'o1')).ok).toBe(true)
    expect(code(await redeem(till, 'i2', 'o2'))).toBe('online-only')
  })

  it('refuses with the reason', async () => {
    const { till } = await leased(3)
    const stranger = generateKeyPairSync('ed25519').privateKey
    expect(code(await redeem(till, 'i1', 'o1', { coupon: 'other' }))).toBe('online-only')
    expect(code(await redeem(till, 'i1', 'o1', { token: 'nonsense' }))).toBe('bad-token')
    expect(code(await redeem(till, 'i1', 'o1', { token: await token('spring', 'i2') }))).toBe('bad-token')
    expect(code(await redeem(till, 'i1', 'o1', { token: await token('spring', 'i1', { key: stranger }) }))).toBe('bad-token')
    expect(code(await redeem(till, 'i1', 'o1', { token: await token('spring', 'i1', { brand: 'other' }) }))).toBe('bad-token')
    expect(code(await redeem(till, 'i1', 'o1', { token: await token('spring', 'i1', { store: '0099' }) }))).toBe('bad-token')
    expect(code(await redeem(till, 'i1', 'o1', { token: await token('spring', 'i1', { expiresAt: start / 1000 - 91 }) }))).toBe('token-expired')
    till.now = start + 3_600_000
    expect(code(await redeem(till, 'i1', 'o1'))).toBe('lease-expired')
    till.now = start - 1
    expect(code(await redeem(till, 'i1', 'o1'))).toBe('lease-expired')
    expect(await till.outbox.readTrade()).toEqual([])
  })

  it("keeps the coupon's offline contract", async () => {
    const only = async (contract: OfflineContract | false): Promise<Till> => (await leased(9, contract)).till
    expect(code(await redeem(await only(false), 'i1', 'o1'))).toBe('online-only')
    expect(await redeem(await only({ maxValue: 499 }), 'i1', 'o1')).toEqual({
      ok: false,
      issues: [{ code: 'offline-limit', path: 'maxValue', have: 500, need: 499 }],
    })
    const sum = await only({ maxStoredSum: 999 })
    expect((await redeem(sum, 'i1', 'o1')).ok).toBe(true)
    expect(await redeem(sum, 'i2', 'o2')).toMatchObject({ issues: [{ code: 'offline-limit', path: 'maxStoredSum', have: 1000 }] })
    const count = await only({ maxCount: 1 })
    await redeem(count, 'i1', 'o1')
    expect(await redeem(count, 'i2', 'o2')).toMatchObject({ issues: [{ code: 'offline-limit', path: 'maxCount' }] })
    const age = await only({ maxAgeMs: 1000 })
    age.now += 1001
    expect(await redeem(age, 'i1', 'o1')).toMatchObject({ issues: [{ code: 'offline-limit', path: 'maxAgeMs' }] })
  })

  it('refuses here what the hub confirmed online', async () => {
    const { till } = await leased(3)
    expect((await till.coupons.remember({ coupon: 'spring', item: 'i1', order: 'o1' })).ok).toBe(true)
    expect(code(await redeem(till, 'i1', 'o2'))).toBe('already-redeemed')
    expect((await till.coupons.leases())[0]?.left).toBe(3)
  })
})

describe('after a kill', () => {
  it('the restarted till answers the same and has the same balance, also when the journal was acknowledged and left the device', async () => {
    const { hub, till, device } = await leased(3)
    const first = await redeem(till, 'i1', 'o1')
    await redeem(till, 'i2', 'o2')
    till.ports.host.kill()
    const second = openTill(hub, device)
    expect(await redeem(second, 'i1', 'o1')).toEqual(first)
    expect((await second.coupons.leases())[0]?.left).toBe(1)
    hub.online = true
    await second.outbox.flush()
    expect((await second.outbox.readTrade()).map(({ fact }) => fact.body['item'])).not.toContain('i1')
    second.ports.host.kill()
    const third = openTill(hub, device)
    expect(await redeem(third, 'i1', 'o1')).toEqual(first)
    expect((await redeem(third, 'i3', 'o3')).ok).toBe(true)
    expect(code(await redeem(third, 'i4', 'o4'))).toBe('lease-exhausted')
    expect(hub.burned).toEqual(['i1@o1', 'i2@o2'])
  })

  it('what the journal holds counts even when the book beside it was lost', async () => {
    const { hub, till, device } = await leased(1)
    await redeem(till, 'i1', 'o1')
    till.ports.host.kill()
    for (const key of Array.from(device.kv.keys())) if (key.indexOf('coupons.spent') > 0) device.kv.delete(key)
    const restarted = openTill(hub, device)
    expect(code(await redeem(restarted, 'i2', 'o2'))).toBe('lease-exhausted')
    expect(code(await redeem(restarted, 'i1', 'o2'))).toBe('already-redeemed')
  })

  it('at every single step of the work, one leased unit is never spent twice, and what was answered reaches the hub', async () => {
    const tokens = [await token('spring', 'i1'), await token('spring', 'i2')] as const
    const redeemed = (till: Till, n: 0 | 1): Promise<Result<RedemptionBody>> =>
      till.coupons.redeemOffline({ order: `o${n + 1}`, coupon: 'spring', item: `i${n + 1}`, token: tokens[n] })
    let answered: Result<RedemptionBody> | undefined
    let steps = 0
    for (; !answered; steps++) {
      const { hub, till, device } = await leased(1)
      void redeemed(till, 0).then((answer) => (answered = answer))
      for (let step = 0; step < steps && !answered; step++) await Promise.resolve()
      till.ports.host.kill()
      hub.online = true
      // other work of the restarted till sends the journal on and lets the old records go
      const other = openTill(hub, device)
      await other.outbox.append({ kind: 'Receipt Issued', body: {} })
      await other.outbox.flush()
      other.ports.host.kill()
      hub.online = false
      const last = openTill(hub, device)
      const second = await redeemed(last, 1)
      const first = await redeemed(last, 0)
      hub.online = true
      await last.outbox.flush()
      const heard = new Set(hub.burned)
      expect(Array.from(heard)).toEqual(first.ok ? ['i1@o1'] : ['i2@o2'])
      expect(first.ok).toBe(!second.ok)
      if (answered) expect(first).toEqual(answered)
    }
    expect(steps).toBeGreaterThan(50)
  })
})
