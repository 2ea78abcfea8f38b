import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { sql } from 'kysely'
import type { HubLimits, HubSigner, Store } from '../../src/index'
import { createWorld, type World } from './world'

/** A brand with a key of each kind and short ways to say what the tests say often. */
export interface Shop extends World {
  readonly signer: HubSigner
  readonly secret: string
  readonly terminal: string
  readonly publishable: string
  /** Gives a command under a key made from `occasion` (default: a new one each time). */
  command(operation: string, payload: unknown, options?: CommandOptions): Promise<CommandAnswer>
  counter(id: string, limit: number, more?: { readonly floor?: number; readonly cells?: number }): Promise<void>
  coupon(id: string, more?: Record<string, unknown>): Promise<void>
  /** Claims a coupon for a member with the secret key. */
  claim(coupon: string, member: string, occasion?: string): Promise<Claimed>
  /** The session token of a member. */
  session(member: string): Promise<string>
  /** A counter's row with its cells added up. */
  state(counter: string): Promise<{ readonly used: number; readonly held: number; readonly cap: number }>
  item(id: string): Promise<{ readonly state: string; readonly conflicts: number } | undefined>
  /** Every right whose ledger does not add up to its state, and every counter over its limit. */
  unbalanced(): Promise<readonly unknown[]>
}

export interface CommandOptions {
  readonly by?: string
  readonly as?: string
  readonly occasion?: string
}

export interface CommandAnswer {
  readonly status: number
  readonly ok: boolean
  readonly code: string | undefined
  readonly value: Readonly<Record<string, unknown>>
  readonly issues: readonly Readonly<Record<string, unknown>>[]
}

export interface Claimed {
  readonly item: string
  readonly code: string
  readonly coupon: string
  readonly expiresAt: number
  readonly token?: string
}

export async function createShop(store: Store, options: { readonly limits?: Partial<HubLimits> } = {}): Promise<Shop> {
  const signer = testSigner()
  const fast = { perSecond: 1e6, burst: 1e6 }
  const world = createWorld(store, { signer, limits: { perKey: fast, perBrand: fast, ...options.limits } })
  const { brand, call } = world
  const secret = await world.key('secret')
  const terminal = await world.key('terminal')
  const publishable = await world.key('publishable')
  let occasions = 0
  const command: Shop['command'] = async (operation, payload, { by = secret, as, occasion = `occasion ${++occasions}` } = {}) => {
    const answer = await call('POST', '/v1/commands', by, { key: commandKey(occasion), operation, payload }, as ? { 'omokit-member': as } : {})
    const body = answer.body as { ok: boolean; value?: Record<string, unknown>; issues?: Record<string, unknown>[] }
    return { status: answer.status, ok: body.ok, code: answer.code, value: body.value ?? {}, issues: body.issues ?? [] }
  }
  const rows = async <T>(query: ReturnType<typeof sql<T>>): Promise<readonly T[]> => (await store.tx(brand, (trx) => query.execute(trx))).rows
  const must = (status: number, text: string): void => {
    if (status !== 200) throw new Error(text)
  }
  return {
    ...world,
    signer,
    secret,
    terminal,
    publishable,
    command,
    async counter(id, limit, more = {}) {
      const answer = await call('PUT', `/v1/counters/${id}`, secret, { limit, ...more })
      must(answer.status, answer.text)
    },
    async coupon(id, more = {}) {
      const answer = await call('PUT', `/v1/coupons/${id}`, secret, { name: id, rule: `rule-${id}`, ...more })
      must(answer.status, answer.text)
    },
    async claim(coupon, member, occasion) {
      const answer = await command('claim', { coupon, member }, occasion === undefined ? {} : { occasion })
      must(answer.status, JSON.stringify(answer.issues))
      return answer.value as unknown as Claimed
    },
    async session(member) {
      const answer = await call('POST', '/v1/members/token', secret, { member })
      must(answer.status, answer.text)
      return (answer.body as { token: string }).token
    },
    async state(counter) {
      const found = await rows(sql<{ used: string; held: string; cap: string }>`
        select c.used + coalesce(sum(x.used), 0) as used, c.held + coalesce(sum(x.held), 0) as held, c.cap from counters c
        left join counter_cells x on x.brand = c.brand and x.bucket = c.bucket and x.id = c.id
        where c.brand = ${brand} and c.id = ${counter} group by c.used, c.held, c.cap`)
      const row = found[0]
      return { used: Number(row?.used), held: Number(row?.held), cap: Number(row?.cap) }
    },
    async item(id) {
      const found = await rows(sql<{ state: string; conflicts: number }>`select state, conflicts from items where brand = ${brand} and id = ${id}`)
      return found[0]
    },
    unbalanced: () => rows(unbalancedSql(brand)),
  }
}

/** What makes an idempotency key in these tests. */
export const commandKey = (occasion: string): string => createHash('sha256').update(occasion).digest('base64url')

export function testSigner(): HubSigner {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { kid: 'hub1', publicKey: x as string, sign: async (message) => new Uint8Array(sign(null, message, privateKey)) }
}

function unbalancedSql(brand: string): ReturnType<typeof sql<unknown>> {
  return sql`
    with sums as (
      select kind, right_id, sum(granted) as granted, sum(held) as held, sum(used) as used from ledger where brand = ${brand} group by kind, right_id
    ), counts as (
      select c.id, c.cap, c.floor, c.cells, c.used + coalesce(sum(x.used), 0) as used, c.held + coalesce(sum(x.held), 0) as held, sum(x.cap) as spread from counters c
      left join counter_cells x on x.brand = c.brand and x.bucket = c.bucket and x.id = c.id
      where c.brand = ${brand} group by c.id, c.cap, c.floor, c.cells, c.used, c.held
    ), points as (
      select a.member, a.debt, coalesce(sum(l.remaining), 0) as remaining from accounts a
      left join lots l on l.brand = a.brand and l.bucket = a.bucket and l.member = a.member where a.brand = ${brand} group by a.member, a.debt
    )
    select 'counter' as what, c.id, c.used::int, c.held::int from counts c left join sums s on s.kind = 'counter' and s.right_id = c.id
      where c.used <> coalesce(s.used, 0) or c.held <> coalesce(s.held, 0) or c.used + c.held > c.cap or (c.cells > 0 and c.spread <> c.cap - c.floor)
    union all
    select 'item', i.id, s.used::int, s.held::int from items i left join sums s on s.kind = 'item' and s.right_id = i.id
      where i.brand = ${brand} and (coalesce(s.granted, 0) <> 1
        or coalesce(s.held, 0) <> case when i.state = 'held' then 1 else 0 end
        or coalesce(s.used, 0) <> case when i.state in ('redeemed', 'redeemed-provisional', 'conflict') then 1 else 0 end)
    union all
    select 'lots', p.member, s.used::int, s.held::int from points p left join sums s on s.kind = 'lots' and s.right_id = p.member
      where p.remaining - p.debt <> coalesce(s.granted, 0) - coalesce(s.held, 0) - coalesce(s.used, 0)
    union all
    select 'custody', h.right_id, 0, h.out::int from (
      select kind, right_id, sum(qty - counted) as out from holds where brand = ${brand} and state in ('held', 'leased', 'frozen') group by kind, right_id
    ) h left join sums s on s.kind = h.kind and s.right_id = h.right_id where h.out <> coalesce(s.held, 0)`
}
