import { accept, type Net, type Result } from '@omokit/core'
import { buildRelease, pack, type ReleaseDraft, type ReleaseTexts, unpack } from '@omokit/core/documents'
import { signerOf, type SigningKeyFile } from '../keys/signing-key'

/** What to publish and where. */
export interface PublishOptions {
  readonly net: Net
  /** Base URL of the hub. */
  readonly hub: string
  /** A secret or staff key with the role to publish. */
  readonly key: string
  readonly signingKey: SigningKeyFile
  /** The release without what is known here: who signs, the version after the hub's newest, the newest release for all stores. */
  readonly draft: Omit<ReleaseDraft, 'kid' | 'version' | 'previous'>
}

/**
 * Builds the next release on the hub's newest one, signs it and publishes it. The hub verifies all of it before it answers.
 * Issues: those of `buildRelease` and of the hub.
 */
export async function publishBooks(options: PublishOptions): Promise<Result<ReleaseTexts>> {
  const { net, hub, key, signingKey, draft } = options
  const headers = { authorization: `Bearer ${key}` }
  const newest = await net.send({ url: `${hub}/v1/releases/pack`, method: 'GET', headers })
  const previous = newest.status === 200 ? unpack(newest.text) : undefined
  if (previous && !previous.ok) return previous
  if (newest.status !== 200 && newest.status !== 404) return refused(newest.text)
  const built = await buildRelease(
    {
      ...draft,
      // above every release, the pilots of some stores included; built on the newest that is for all
      version: Math.max(previous?.value.signed.header.version ?? 0, Number(newest.headers['omokit-latest']) || 0) + 1,
      kid: signingKey.kid,
      ...(previous ? { previous: previous.value } : {}),
    },
    signerOf(signingKey),
  )
  if (!built.ok) return built
  const answer = await net.send({ url: `${hub}/v1/releases`, method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body: pack(built.value) })
  return answer.status === 200 ? accept(built.value) : refused(answer.text)
}

function refused(text: string): Result<never> {
  try {
    const read = JSON.parse(text) as Result<never>
    if (!read.ok && Array.isArray(read.issues)) return read
  } catch {
    // not one of the hub's answers: said below
  }
  return { ok: false, issues: [{ code: 'unavailable', have: text.slice(0, 200) }] }
}
