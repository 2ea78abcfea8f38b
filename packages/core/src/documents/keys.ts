import { toBase64url } from '../base64url'
import type { Signer } from '../ed25519/signer'
import { accept, OmoError, refuse } from '../issues'
import type { Result } from '../issues'
import type { Crypto } from '../ports'
import { activeKey } from './active-key'
import { bucketCap } from './caps'
import { hashClass, keyClass } from './grammar'
import { signInput } from './header'
import type { SigningKey } from './types'
import { signedBy } from './verify-signed'

/** The keys of a brand as its root keys state them. */
export interface KeySet {
  readonly brand: string
  readonly version: number
  /** Epoch seconds. */
  readonly expiresAt: number
  /** How many different root keys must sign the next set. */
  readonly threshold: number
  /** Keys that sign key sets, kept offline. */
  readonly roots: readonly SigningKey[]
  /** Keys that sign releases and envelopes; revoked ones stay listed. */
  readonly keys: readonly SigningKey[]
}

/** Root keys a device was born with, or learned. */
export type TrustedRoots = Pick<KeySet, 'roots' | 'threshold' | 'version'>

const number = '([1-9]\\d{0,12})'
/** Made when it is asked for: who follows releases with fixed keys does not carry it. */
const pattern = (): RegExp => {
  const row = `\\["(${keyClass}{1,32})","(root|active|revoked)","(${hashClass})"\\]`
  return new RegExp(`^\\["omokit1","(${keyClass}{1,32})","root",${number},${number},([1-9]\\d?)((?:,${row})+)\\]$`)
}

/**
 * The root-of-keys document: the set on the first line, then one line `kid signature` for each root key that signs it.
 * To replace root keys, let old and new ones sign: a device accepts what enough of the roots it knows have signed.
 * Throws an OmoError `invalid` for a set without a legal spelling.
 */
export async function buildKeys(set: KeySet, signers: readonly { readonly kid: string; readonly sign: Signer }[]): Promise<string> {
  const rows = set.roots.map(({ kid, key }) => [kid, 'root', key]).concat(set.keys.map(({ kid, key, state }) => [kid, state, key]))
  const text = JSON.stringify(['omokit1', set.brand, 'root', set.version, set.expiresAt, set.threshold].concat(rows as never[]))
  if (!parse(text)) throw new OmoError('invalid', 'a key set that cannot be written')
  const lines = [text]
  for (const { kid, sign } of signers) lines.push(`${kid} ${toBase64url(await sign(signInput('root', text)))}`)
  return lines.join('\n')
}

/**
 * Verifies a root-of-keys document: enough of the trusted roots and enough of its own signed it, and it is not older than the
 * trusted one. An expired trusted set still vouches for its successor. Issues: `too-large`, `malformed`, `brand-mismatch`,
 * `older-version`, `bad-signature`, `expired-release`.
 */
export async function verifyKeys(
  text: string,
  expected: { readonly brand: string; readonly trusted: TrustedRoots; readonly crypto: Crypto; readonly now?: number },
): Promise<Result<KeySet>> {
  if (text.length > bucketCap) return refuse('too-large', { path: 'keys' })
  const lines = text.split('\n')
  const body = lines[0] as string
  const set = parse(body)
  if (!set) return refuse('malformed', { path: 'keys' })
  if (set.brand !== expected.brand) return refuse('brand-mismatch', { have: set.brand, need: expected.brand })
  const { trusted, crypto, now } = expected
  if (set.version < trusted.version) return refuse('older-version', { have: set.version, need: trusted.version })
  for (const by of [trusted, set]) {
    const signed = await countSigners(by.roots, body, lines.slice(1), crypto)
    if (signed < by.threshold) return refuse('bad-signature', { path: 'keys', have: signed, need: by.threshold })
  }
  if (now !== undefined && now >= set.expiresAt * 1000) return refuse('expired-release', { path: 'keys', have: set.expiresAt })
  return accept(set)
}

/** Different keys, not lines: one key under two names counts once. */
async function countSigners(roots: readonly SigningKey[], body: string, lines: readonly string[], crypto: Crypto): Promise<number> {
  const message = signInput('root', body)
  const found: string[] = []
  for (const { kid, key } of roots) {
    if (found.indexOf(key) >= 0) continue
    const line = lines.filter((each) => each.indexOf(`${kid} `) === 0)[0]
    const root = activeKey(roots, kid)
    if (line && root && (await signedBy(root, line.slice(kid.length + 1), message, crypto))) found.push(key)
  }
  return found.length
}

function parse(text: string): KeySet | undefined {
  const found = pattern().exec(text)
  if (!found) return undefined
  const roots: SigningKey[] = []
  const keys: SigningKey[] = []
  for (const [kid, role, key] of JSON.parse(`[${(found[5] as string).slice(1)}]`) as [string, string, string][]) {
    if (roots.concat(keys).some((each) => each.kid === kid)) return undefined
    if (role === 'root') roots.push({ kid, key, state: 'active' })
    else keys.push({ kid, key, state: role as SigningKey['state'] })
  }
  const [version, expiresAt, threshold] = found.slice(2, 5).map(Number) as [number, number, number]
  return threshold > roots.length ? undefined : { brand: found[1] as string, version, expiresAt, threshold, roots, keys }
}
