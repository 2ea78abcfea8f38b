import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../src/index'
import { openMemoryStore } from './support/memory-store'
import { commandKey, createShop, type Shop } from './support/shop'

let store: Store
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())

interface Claim {
  readonly key: string
  readonly coupon: string
  readonly member: string
}

const coupons: Readonly<Record<string, Record<string, unknown>>> = {
  free: {},
  once: { perMember: 1 },
  twice: { perMember: 2 },
  few: { total: 3 },
  'few-once': { total: 3, perMember: 1 },
  'few-twice': { total: 4, perMember: 2 },
  spread: { total: 3, perMember: 2, cells: 2 },
  over: { validUntil: 1 },
}

async function openShop(): Promise<Shop> {
  const shop = await createShop(store)
  for (const [id, more] of Object.entries(coupons)) await shop.coupon(id, more)
  return shop
}

const request = ({ key, coupon, member }: Claim): unknown => ({ key: commandKey(key), operation: 'claim', payload: { coupon, member } })

async function batch(shop: Shop, claims: readonly Claim[]): Promise<readonly unknown[]> {
  const answer = await shop.call('POST', '/v1/commands/batch', shop.secret, { commands: claims.map(request) })
  expect(answer.status).toBe(200)
  return (answer.body as { answers: unknown[] }).answers
}

async function oneByOne(shop: Shop, claims: readonly Claim[]): Promise<readonly unknown[]> {
  const answers: unknown[] = []
  for (const claim of claims) answers.push((await shop.call('POST', '/v1/commands', shop.secret, request(claim))).body)
  return answers
}

/** Answers with the random parts named by the order in which they were first seen; the token, which only a single claim carries, left out. */
function told(answers: readonly unknown[]): readonly unknown[] {
  const items: unknown[] = []
  return answers.map((answer) => {
    const { value } = answer as { value?: Record<string, unknown> }
    if (!value) return answer
    const { item, code, token: _, ...rest } = value
    expect(code).toMatch(/^[0-9A-Z]{16}$/)
    if (!items.includes(item)) items.push(item)
    return { ok: true, ...rest, item: items.indexOf(item) }
  })
}

async function kept(shop: Shop): Promise<unknown> {
  return store.tx(shop.brand, async (trx) => {
    const items =
      await sql`select coupon, owner, state, expires_at, count(*)::int as n from items where brand = ${shop.brand} group by 1, 2, 3, 4 order by 1, 2`.execute(
        trx,
      )
    const owners = await sql`select coupon, owner, claimed from coupon_owners where brand = ${shop.brand} and claimed > 0 order by 1, 2`.execute(trx)
    const keys = await sql`select key, hash, operation, (answer::jsonb ->> 'ok') as ok from commands where brand = ${shop.brand} order by 1`.execute(trx)
    const ledger = await sql`select op, kind, case kind when 'counter' then right_id end as right_id, sum(granted)::int as granted, sum(used)::int as used
      from ledger where brand = ${shop.brand} group by 1, 2, 3 order by 1, 2, 3`.execute(trx)
    return { items: items.rows, owners: owners.rows, keys: keys.rows, ledger: ledger.rows }
  })
}

const claimArbitrary: fc.Arbitrary<Claim> = fc.record({
  key: fc.integer({ min: 1, max: 40 }).map((n) => `key ${n}`),
  coupon: fc.constantFrom(...Object.keys(coupons), 'unknown'),
  member: fc.constantFrom('ann', 'bob', 'cy'),
})

describe('claims by the batch', () => {
  it('are answered as one by one, whatever the mix of limits, repeated keys and refusals', async () => {
    const batches = fc.array(fc.array(claimArbitrary, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(batches, async (mixes) => {
        const [together, alone] = [await openShop(), await openShop()]
        for (const mix of mixes) expect(told(await batch(together, mix))).toEqual(told(await oneByOne(alone, mix)))
        expect(await kept(together)).toEqual(await kept(alone))
        expect(await together.unbalanced()).toEqual([])
      }),
      { numRuns: 15, seed: 22 },
    )
  })

  it('leave the token to the wallet when a server asks; a shopper who asks gets it', async () => {
    const shop = await openShop()
    const [first] = (await batch(shop, [{ key: 'k', coupon: 'free', member: 'ann' }])) as [{ value: Record<string, unknown> }]
    expect(Object.keys(first.value).sort()).toEqual(['code', 'coupon', 'expiresAt', 'item'])
    const commands = [{ key: commandKey('own'), operation: 'claim', payload: { coupon: 'free' } }]
    const own = await shop.call('POST', '/v1/commands/batch', shop.publishable, { commands }, { 'omokit-member': await shop.session('ann') })
    expect(own.body).toMatchObject({ answers: [{ ok: true, value: { token: expect.any(String) as string } }] })
  })

  it('made from a definition that another replica changed meanwhile follow the new one', async () => {
    const shop = await openShop()
    await batch(shop, [{ key: 'before', coupon: 'free', member: 'ann' }])
    await store.tx(shop.brand, (trx) => sql`update coupons set version = version + 1, per_member = 2 where brand = ${shop.brand} and id = 'free'`.execute(trx))
    const answers = await batch(
      shop,
      ['a', 'b', 'a', 'c'].map((key) => ({ key, coupon: 'free', member: 'bob' })),
    )
    expect(told(answers)).toMatchObject([
      { ok: true, item: 0 },
      { ok: true, item: 1 },
      { ok: true, item: 0 },
      { ok: false, issues: [{ code: 'limit-per-customer' }] },
    ])
  })
})
