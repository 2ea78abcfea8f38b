import { generateKeyPairSync, sign } from 'node:crypto'
import { buildRelease, pack, type ReleaseDraft, type ReleaseTexts, type Row, type SigningKey } from '@omokit/core/documents'
import { type RuleRow, toRows } from '@omokit/rules'
import { trustSigningKey } from '../../src/index'
import { type Answer, noon, type World } from './world'

/** A brand's publisher: signs releases with a key the hub trusts and sends them in. */
export interface Publisher {
  readonly key: SigningKey
  /** Builds the next release; times in seconds around noon unless said otherwise. */
  build(version: number, prices: readonly Row[], more?: Partial<ReleaseDraft>): Promise<ReleaseTexts>
  /** Sends a pack with the secret key. */
  send(texts: ReleaseTexts | string): Promise<Answer>
  publish(version: number, prices: readonly Row[], more?: Partial<ReleaseDraft>): Promise<ReleaseTexts>
}

/** Ten per cent off every line, so that rules take part in what is sealed. */
export const tenOff: readonly RuleRow[] = toRows({
  rules: [{ id: 'ten-off', kind: 'promotion', effects: [{ type: 'percentOff', on: 'lines', percent: 10 }] }],
})

export async function createPublisher(world: World): Promise<Publisher> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key: SigningKey = { kid: 'k1', key: publicKey.export({ format: 'jwk' }).x as string, state: 'active' }
  await trustSigningKey(world.store, world.brand, key)
  const secret = await world.key('secret')
  let previous: ReleaseTexts | undefined
  const publisher: Publisher = {
    key,
    async build(version, prices, more = {}) {
      const made = await buildRelease(
        {
          brand: world.brand,
          version,
          validFrom: noon / 1000 - 3600,
          refreshAfter: noon / 1000 + 3600,
          expiresAt: noon / 1000 + 86_400,
          kid: key.kid,
          options: { currency: 'CNY' },
          books: { 'price/base': prices, 'rules/base': tenOff as unknown as Row[] },
          ...(previous ? { previous } : {}),
          ...more,
        },
        async (message) => new Uint8Array(sign(null, message, privateKey)),
      )
      if (!made.ok) throw new Error(JSON.stringify(made.issues))
      return made.value
    },
    send: (texts) => world.call('POST', '/v1/releases', secret, typeof texts === 'string' ? texts : pack(texts)),
    async publish(version, prices, more) {
      const texts = await publisher.build(version, prices, more)
      const answer = await publisher.send(texts)
      if (answer.status !== 200) throw new Error(answer.text)
      if (!more?.stores) previous = texts
      return texts
    },
  }
  return publisher
}

/** `count` articles of 1.00 and more. */
export const articles = (count: number, price: number = 100): Row[] =>
  Array.from({ length: count }, (_, i): Row => [`sku-${String(i).padStart(5, '0')}`, price + i])
