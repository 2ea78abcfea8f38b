import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { buildRelease, pack, type ReleaseDraft, type Row, type SigningKey } from '@omokit/core/documents'
import { createPureCrypto } from '@omokit/core/ed25519'
import { createMemoryDevice, createMemoryPorts, type MemoryDevice, type MemoryPorts } from '@omokit/core/memory'
import { createHub, createKey, processEffects, trustSigningKey, type Hub } from '@omokit/hub'
import { toRows } from '@omokit/rules'
import { openMemoryStore } from '../../hub/test/support/memory-store'

/** A hub in this process with one brand: a release, a coupon "spring" (5.00 off), keys. */
export interface OneHub {
  readonly hub: Hub
  readonly keys: readonly SigningKey[]
  readonly publishable: string
  readonly terminal: string
  readonly secret: string
  /** Publishes the next version with these books. */
  publish(books: Readonly<Record<string, readonly Row[]>>, more?: Partial<ReleaseDraft>): Promise<number>
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: never }>
  /** Ports of a device that reaches the hub; `wire` cuts it off. */
  device(device?: MemoryDevice): { readonly ports: MemoryPorts; readonly device: MemoryDevice; readonly requests: string[] }
  close(): Promise<void>
}

export const brand = 'demo'

export async function oneHub(): Promise<OneHub> {
  const pair = generateKeyPairSync('ed25519')
  const publicKey = createPublicKey(pair.privateKey).export({ format: 'jwk' }).x as string
  const signer = (message: Uint8Array): Promise<Uint8Array> => Promise.resolve(new Uint8Array(sign(null, message, pair.privateKey)))
  const store = await openMemoryStore()
  const faults: unknown[] = []
  const hub = createHub({ store, mode: 'dev', signer: { kid: 'hub1', publicKey, sign: signer }, onFault: (error) => faults.push(error) })
  const keys: readonly SigningKey[] = [{ kid: 'hub1', key: publicKey, state: 'active' }]
  await trustSigningKey(store, brand, keys[0] as SigningKey)
  const keyOf = async (kind: 'publishable' | 'terminal' | 'secret'): Promise<string> => {
    const made = await createKey(store, processEffects, { brand, kind, mode: 'test', ...(kind === 'terminal' && { storeId: '0042' }) })
    if (!made.ok) throw new Error(made.issues[0]?.code)
    return made.value.key
  }
  const secret = await keyOf('secret')
  const call: OneHub['call'] = async (method, path, body) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await hub.fetch(new Request(`http://hub${path}`, { method, headers, body: text }))
    if (faults.length) throw faults[0]
    return { status: answer.status, body: (await answer.json()) as never }
  }
  const now = Math.floor(Date.now() / 1000)
  let version = 0
  const publish: OneHub['publish'] = async (books, more = {}) => {
    const release = await buildRelease(
      {
        brand,
        version: ++version,
        validFrom: now - 60,
        refreshAfter: now + 3600,
        expiresAt: now + 86_400,
        kid: 'hub1',
        options: { currency: 'CNY' },
        books,
        ...more,
      },
      signer,
    )
    if (!release.ok) throw new Error(JSON.stringify(release.issues))
    const published = await call('POST', '/v1/releases', pack(release.value))
    if (published.status !== 200) throw new Error(JSON.stringify(published.body))
    return version
  }
  await publish({
    'price/base': [
      ['cola', 350],
      ['soap', 1990],
    ],
    'rules/base': toRows({
      rules: [
        { id: 'spring', kind: 'coupon', effects: [{ type: 'amountOff', per: 'order', amount: 500 }] },
        { id: 'ten-off', kind: 'promotion', effects: [{ type: 'percentOff', on: 'order', percent: 10 }] },
      ],
    }).map(([id, text]) => [id, text] as const),
  })
  await call('PUT', '/v1/coupons/spring', { name: 'Spring', rule: 'spring', perMember: 1 })
  const [publishable, terminal] = [await keyOf('publishable'), await keyOf('terminal')]
  return {
    hub,
    keys,
    publishable,
    terminal,
    secret,
    publish,
    call,
    device(device = createMemoryDevice()) {
      const requests: string[] = []
      const ports = createMemoryPorts({
        brand,
        device,
        crypto: createPureCrypto(),
        net: (url, init) => {
          requests.push(url)
          return hub.fetch(new Request(url, init))
        },
      })
      return { ports, device, requests }
    },
    async close() {
      hub.close()
      await store.close()
    },
  }
}
