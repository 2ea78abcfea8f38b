import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { buildRelease, pack, type Row, type SigningKey } from '@omokit/core/documents'
import { trustSigningKey, type HubSigner, type Store } from '@omokit/hub'
import { toRows } from '@omokit/rules'
import type { World } from '@omokit/core/testing'
import type { HubInWorld } from './hub-in-world'

/** The brand of the story: two articles, one coupon, a release signed with a key that is the same in every run. */
export interface Brand {
  readonly keys: readonly SigningKey[]
  readonly publishable: string
  readonly terminal1: string
  readonly terminal2: string
  /** A session of the member, as the brand's own login would give it. */
  readonly session: string
}

export const coupon = 'WELCOME'
export const member = 'm-1001'

/** PKCS #8 of an Ed25519 key (RFC 8410) before its 32 bytes. */
const wrapping = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Ed25519 signs without chance (RFC 8032): same key, same bytes. */
function keyPair(fill: number): { readonly publicKey: string; readonly sign: (message: Uint8Array) => Promise<Uint8Array> } {
  const secret = createPrivateKey({ key: Buffer.concat([wrapping, Buffer.alloc(32, fill)]), format: 'der', type: 'pkcs8' })
  return { publicKey: createPublicKey(secret).export({ format: 'jwk' }).x as string, sign: async (message) => new Uint8Array(sign(null, message, secret)) }
}

const publisher = keyPair(1)
const hubKey = keyPair(2)
/** Signs coupons and sessions. */
export const signer: HubSigner = { kid: 'hub', publicKey: hubKey.publicKey, sign: hubKey.sign }

const day = 86_400

/** What the brand's people do on the day before: keys, prices, the coupon, the member. */
export async function openBrand(world: World, store: Store, hub: HubInWorld, name: string): Promise<Brand> {
  const release: SigningKey = { kid: 'k1', key: publisher.publicKey, state: 'active' }
  await trustSigningKey(store, name, release)
  const secret = await hub.key('secret')
  const app = hub.start()
  const ask = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const answer = await app(`http://hub${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }
  const now = Math.floor(world.now() / 1000)
  const rules = toRows({
    rules: [
      { id: coupon, kind: 'coupon', when: [{ type: 'subtotalAtLeast', amount: 10_000 }], effects: [{ type: 'amountOff', per: 'order', amount: 2000 }] },
      { id: 'points', kind: 'earn', per: 100, points: 1, mode: 'order' },
    ],
  })
  const books: Record<string, readonly Row[]> = {
    'price/base': [
      ['CUP', 4500],
      ['TEA', 6000],
    ],
    'rules/base': rules as unknown as Row[],
  }
  const made = await buildRelease(
    {
      brand: name,
      version: 1,
      validFrom: now - 2 * day,
      refreshAfter: now + day,
      expiresAt: now + 30 * day,
      kid: release.kid,
      options: { currency: 'CNY' },
      books,
    },
    publisher.sign,
  )
  if (!made.ok) throw new Error(JSON.stringify(made.issues))
  await ask('POST', '/v1/releases', pack(made.value))
  await ask('PUT', `/v1/coupons/${coupon}`, {
    name: 'Welcome',
    rule: coupon,
    total: 3,
    perMember: 1,
    offline: { maxAgeMs: 30 * day * 1000, maxValue: 5000, maxStoredSum: 100_000, maxCount: 50, lossOwner: 'store' },
  })
  const session = (await ask('POST', '/v1/members/token', { member, ttlMs: 30 * day * 1000 })) as { readonly token: string }
  return {
    keys: [release, { kid: signer.kid, key: signer.publicKey, state: 'active' }],
    publishable: await hub.key('publishable'),
    terminal1: await hub.key('terminal', '0001'),
    terminal2: await hub.key('terminal', '0002'),
    session: session.token,
  }
}
