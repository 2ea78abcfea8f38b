import type { Net, NetRequest } from '@omokit/core'
import { buildRelease, pack, unpack } from '@omokit/core/documents'
import { describe, expect, it } from 'vitest'
import { createSigningKey, signerOf } from '../src/keys/signing-key'
import { publishBooks } from '../src/publish/publish-books'

const signingKey = createSigningKey('k1')
const draft = {
  brand: 'shop',
  validFrom: 1_795_000_000,
  refreshAfter: 1_795_100_000,
  expiresAt: 1_796_000_000,
  options: {},
  books: { 'price/base': [['sku-1', 100]] },
} as const

/** A hub that serves `served` and states `latest`; keeps what is published. */
function hub(latest: number | undefined, served: string | undefined): { readonly net: Net; readonly published: string[] } {
  const published: string[] = []
  const headers = latest === undefined ? {} : { 'omokit-latest': String(latest) }
  const net: Net = {
    async send({ method, body }: NetRequest) {
      if (method === 'GET') return served === undefined ? { status: 404, headers, text: '{}' } : { status: 200, headers, text: served }
      published.push(String(body))
      return { status: 200, headers: {}, text: '{}' }
    },
  }
  return { net, published }
}

async function publishedVersion(latest: number | undefined, served: string | undefined): Promise<readonly unknown[]> {
  const { net, published } = hub(latest, served)
  const done = await publishBooks({ net, hub: 'http://hub', key: 'sk', signingKey, draft })
  expect(done.ok).toBe(true)
  const sent = unpack(published[0] as string)
  return sent.ok ? [sent.value.signed.header.version, published.length] : ['unreadable']
}

describe('publishing books', () => {
  it('takes the version above every release, the pilots of some stores included', async () => {
    const built = await buildRelease({ ...draft, version: 2, kid: 'k1' }, signerOf(signingKey))
    if (!built.ok) throw new Error(built.issues[0]?.code)
    const served = pack(built.value)
    expect(await publishedVersion(undefined, undefined)).toEqual([1, 1])
    expect(await publishedVersion(1, undefined)).toEqual([2, 1])
    expect(await publishedVersion(5, served)).toEqual([6, 1])
    expect(await publishedVersion(undefined, served)).toEqual([3, 1])
  })
})
