import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { buildRelease, pack, type SigningKey } from '@omokit/core/documents'
import { createHub, createKey, processEffects, trustSigningKey, type Hub, type Store } from '@omokit/hub'
import { toRows } from '@omokit/rules'
import type { BrandSeat, BrandName } from './two-shoppers'
import { openMemoryStore } from '../../../hub/test/support/memory-store'

/** One hub with two brands that have everything alike but their names, keys and prices: the same articles, coupon and member id. */
export interface TwoBrandHub {
  readonly hub: Hub
  readonly store: Store
  readonly seats: Readonly<Record<BrandName, BrandSeat>>
  /** A release of one brand in which tea costs this. */
  publish(brand: BrandName, price: number): Promise<void>
  close(): Promise<void>
}

const names: readonly BrandName[] = ['north-brand', 'south-brand']
const day = 86_400

export async function twoBrandHub(): Promise<TwoBrandHub> {
  const pair = (): { readonly key: string; readonly sign: (message: Uint8Array) => Promise<Uint8Array> } => {
    const { privateKey } = generateKeyPairSync('ed25519')
    return {
      key: createPublicKey(privateKey).export({ format: 'jwk' }).x as string,
      sign: async (message) => new Uint8Array(sign(null, message, privateKey)),
    }
  }
  const store = await openMemoryStore()
  const hubKey = pair()
  const hub = createHub({ store, mode: 'dev', signer: { kid: 'hub', publicKey: hubKey.key, sign: hubKey.sign } })
  const ask = async (secret: string, method: string, path: string, body: unknown): Promise<never> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await hub.fetch(new Request(`http://hub${path}`, { method, headers: { authorization: `Bearer ${secret}` }, body: text }))
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as never
  }
  const versions = new Map<BrandName, number>()
  const publishers = new Map(names.map((brand) => [brand, pair()]))
  const secrets = new Map<BrandName, string>()
  const publish = async (brand: BrandName, price: number): Promise<void> => {
    const version = (versions.get(brand) ?? 0) + 1
    versions.set(brand, version)
    const now = Math.floor(Date.now() / 1000)
    const made = await buildRelease(
      {
        brand,
        version,
        validFrom: now - 60,
        refreshAfter: now + 3600,
        expiresAt: now + day,
        kid: 'publisher',
        options: { currency: 'CNY' },
        books: {
          'price/base': [['tea', price]],
          'rules/base': toRows({ rules: [{ id: 'spring', kind: 'coupon', effects: [{ type: 'amountOff', per: 'order', amount: 100 }] }] }).map(
            ([id, text]) => [id, text] as const,
          ),
        },
      },
      (publishers.get(brand) as ReturnType<typeof pair>).sign,
    )
    if (!made.ok) throw new Error(JSON.stringify(made.issues))
    await ask(secrets.get(brand) as string, 'POST', '/v1/releases', pack(made.value))
  }

  const seats: Partial<Record<BrandName, BrandSeat>> = {}
  for (const brand of names) {
    const publisher: SigningKey = { kid: 'publisher', key: (publishers.get(brand) as ReturnType<typeof pair>).key, state: 'active' }
    await trustSigningKey(store, brand, publisher)
    const keyOf = async (kind: 'publishable' | 'terminal' | 'secret'): Promise<string> => {
      const made = await createKey(store, processEffects, { brand, kind, mode: 'test', ...(kind === 'terminal' && { storeId: '0001' }) })
      if (!made.ok) throw new Error(made.issues[0]?.code)
      return made.value.key
    }
    const secret = await keyOf('secret')
    secrets.set(brand, secret)
    await publish(brand, brand === 'north-brand' ? 1000 : 7000)
    await ask(secret, 'PUT', '/v1/coupons/spring', {
      name: 'Spring',
      rule: 'spring',
      perMember: 1,
      offline: { maxAgeMs: day * 1000, maxValue: 5000, maxStoredSum: 100_000, maxCount: 50, lossOwner: 'store' },
    })
    const { token } = (await ask(secret, 'POST', '/v1/members/token', { member: 'm-1' })) as { readonly token: string }
    seats[brand] = {
      brand,
      keys: [publisher, { kid: 'hub', key: hubKey.key, state: 'active' }],
      publishable: await keyOf('publishable'),
      terminal: await keyOf('terminal'),
      token,
    }
  }
  return {
    hub,
    store,
    seats: seats as Record<BrandName, BrandSeat>,
    publish,
    async close() {
      hub.close()
      await store.close()
    },
  }
}
