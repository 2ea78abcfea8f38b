import { createNodePorts } from '@omokit/core/node'
import { publishBooks, type StartedHub, startHub } from '@omokit/cli'
import type { Hub } from '@omokit/hub'
import type { Net } from '@omokit/core'
import { books, brand, coupon, members, stores } from './brand/brand'

/** The demo brand's hub with its catalogue, members, coupon and first release. */
export interface DemoHub extends StartedHub {
  readonly net: Net
  /** Publishes a release with these prices changed, and answers its version. */
  publish(changes?: Readonly<Record<string, number>>): Promise<number>
  /** What the brand's own login would give a shopper's client. */
  login(member: string): Promise<{ readonly token: string; readonly expiresAt: number }>
}

/** Options of {@link startDemoHub}. */
export interface DemoHubOptions {
  readonly dir: string
  readonly port?: number
  readonly extend?: (hub: Hub) => void
  readonly onFault?: (error: unknown) => void
}

const day = 86_400

/** Starts the hub and makes the brand: signed release 1, members with tiers, the welcome coupon. */
export async function startDemoHub(options: DemoHubOptions): Promise<DemoHub> {
  const hub = await startHub({
    brand,
    stores: stores.map((store) => store.storeId),
    // a shop would give its tills a minute; nobody waits that long for a demonstration
    limits: { staleRelease: 1000 },
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.extend ? { extend: options.extend } : {}),
    ...(options.onFault ? { onFault: options.onFault } : {}),
  })
  const { net } = createNodePorts({ brand, dir: options.dir, instance: 'office' })
  const ask = async (method: 'PUT' | 'POST', path: string, body: unknown): Promise<unknown> => {
    const answer = await net.send({
      url: hub.url + path,
      method,
      headers: { authorization: `Bearer ${hub.keys.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (answer.status === 200) return JSON.parse(answer.text)
    throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  }
  const publish = async (changes: Readonly<Record<string, number>> = {}): Promise<number> => {
    const now = Math.floor(Date.now() / 1000)
    const done = await publishBooks({
      net,
      hub: hub.url,
      key: hub.keys.secret,
      signingKey: hub.signingKey,
      draft: { brand, validFrom: now, refreshAfter: now + 3600, expiresAt: now + 7 * day, books: books(changes), options: { currency: 'CNY' } },
    })
    if (!done.ok) throw new Error(`release: ${JSON.stringify(done.issues)}`)
    return done.value.signed.header.version
  }
  await publish()
  for (const { member, tier } of members) await ask('PUT', `/v1/members/${member}`, { tier })
  await ask('PUT', `/v1/coupons/${coupon.id}`, {
    name: coupon.name,
    rule: coupon.id,
    total: coupon.total,
    perMember: coupon.perMember,
    offline: { maxAgeMs: day * 1000, maxValue: 5000, maxStoredSum: 100_000, maxCount: 50, lossOwner: 'store' },
  })
  return {
    ...hub,
    net,
    publish,
    login: async (member) => (await ask('POST', '/v1/members/token', { member })) as { token: string; expiresAt: number },
  }
}
