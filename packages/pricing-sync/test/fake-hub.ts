import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { Clock, ClockSource, Crypto, Net, NetRequest, NetResponse, StreamHandlers } from '@omokit/core'
import { buildRelease, deltaOf, pack } from '@omokit/core/documents'
import type { ReleaseDraft, ReleaseTexts, Row, Signer, SigningKey } from '@omokit/core/documents'
import { createManualClock } from '@omokit/core/memory'
import type { ManualClock } from '@omokit/core/memory'

export const epoch = 1_795_334_400

/** The platform's Ed25519: not the code under test. */
export const nodeCrypto: Crypto = {
  verify: (key, signature, message) =>
    Promise.resolve(
      verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') }, format: 'jwk' }), signature),
    ),
  sha256: (bytes) => Promise.resolve(new Uint8Array(createHash('sha256').update(bytes).digest())),
}

/** A publisher with a key of its own. */
export function publisher(kid = 'k7'): {
  readonly key: SigningKey
  readonly signer: Signer
  release(version: number, books: Readonly<Record<string, readonly Row[]>>, more?: Partial<ReleaseDraft>): Promise<ReleaseTexts>
} {
  const pair = generateKeyPairSync('ed25519')
  const signer: Signer = (message) => Promise.resolve(new Uint8Array(sign(null, message, pair.privateKey)))
  return {
    key: { kid, key: pair.publicKey.export({ format: 'jwk' }).x as string, state: 'active' },
    signer,
    async release(version: number, books: Readonly<Record<string, readonly Row[]>>, more: Partial<ReleaseDraft> = {}) {
      const built = await buildRelease(
        { brand: 'acme', version, validFrom: epoch, refreshAfter: epoch + 3600, expiresAt: epoch + 604_800, kid, books, options: { currency: 'CNY' }, ...more },
        signer,
      )
      if (!built.ok) throw new Error(JSON.stringify(built.issues))
      return built.value
    },
  }
}

export interface TestClock extends Clock {
  readonly manual: ManualClock
  source: ClockSource
  readonly observed: number[]
}

/** A clock whose trust a test sets. */
export function testClock(seconds: number = epoch + 60, source: ClockSource = 'server'): TestClock {
  const manual = createManualClock(seconds * 1000)
  return {
    manual,
    source,
    observed: [],
    read() {
      return { now: manual.time.now(), device: manual.time.now(), mono: manual.time.mono(), source: this.source }
    },
    observe(time) {
      this.observed.push(time)
    },
    floor() {
      return undefined
    },
  }
}

/** A hub that serves releases; a test may make it lie. */
export interface FakeHub extends Net {
  readonly requests: NetRequest[]
  readonly released: ReleaseTexts[]
  publish(release: ReleaseTexts): void
  /** Takes the place of every answer while it gives one. */
  lie: ((request: NetRequest) => NetResponse | undefined) | undefined
  /** Speaks to the open streams. */
  say(type: string, data: string): void
  drop(): void
  readonly streams: { readonly url: string; readonly on: StreamHandlers }[]
}

export function fakeHub(withStream = true): FakeHub {
  const streams: { readonly url: string; readonly on: StreamHandlers }[] = []
  const answer = (status: number, text = '', headers: Readonly<Record<string, string>> = {}): NetResponse => ({ status, text, headers })
  const hub: FakeHub = {
    requests: [],
    released: [],
    lie: undefined,
    streams,
    publish(release) {
      const before = hub.released[hub.released.length - 1]
      hub.released.push(release)
      const delta = before && deltaOf(before, release)
      if (delta && delta.ok) hub.say('d', delta.value)
      else hub.say('n', `${release.signed.text}\n${release.signed.signature}`)
    },
    say: (type, data) => streams.slice().forEach(({ on }) => on.onEvent({ type, id: '', data })),
    drop: () => streams.splice(0).forEach(({ on }) => on.onError()),
    send(request) {
      hub.requests.push(request)
      const lie = hub.lie && hub.lie(request)
      if (lie) return Promise.resolve(lie)
      const last = hub.released[hub.released.length - 1]
      if (!last) return Promise.resolve(answer(404))
      const { version } = last.signed.header
      const asked = /[?&](?:from|version)=(\d+)/.exec(request.url)
      if (request.url.indexOf('/pack') > 0) {
        const found = asked ? hub.released.filter((each) => each.signed.header.version === Number(asked[1]))[0] : last
        return Promise.resolve(found ? answer(200, pack(found), { etag: `"${version}"` }) : answer(404))
      }
      if (request.headers?.['if-none-match'] === `"${version}"`) return Promise.resolve(answer(304))
      const from = hub.released.filter((each) => each.signed.header.version === Number(asked?.[1]))[0]
      const delta = from && deltaOf(from, last)
      return Promise.resolve(
        delta && delta.ok ? answer(200, delta.value, { etag: `"${version}"` }) : answer(404, '{"ok":false,"issues":[{"code":"base-lost"}]}'),
      )
    },
    ...(withStream && {
      stream(url: string, on: StreamHandlers) {
        const entry = { url, on }
        streams.push(entry)
        if (on.onOpen) on.onOpen()
        const last = hub.released[hub.released.length - 1]
        const since = Number(/since=(\d+)/.exec(url)?.[1])
        if (last && last.signed.header.version > since) {
          const from = hub.released.filter((each) => each.signed.header.version === since)[0]
          const delta = from && deltaOf(from, last)
          void Promise.resolve().then(() =>
            delta && delta.ok
              ? on.onEvent({ type: 'd', id: '', data: delta.value })
              : on.onEvent({ type: 'n', id: '', data: `${last.signed.text}\n${last.signed.signature}` }),
          )
        }
        return () => {
          const at = streams.indexOf(entry)
          if (at >= 0) streams.splice(at, 1)
        }
      },
    }),
  }
  return hub
}
