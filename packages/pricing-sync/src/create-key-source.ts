import type { Crypto, Issue, Ports } from '@omokit/core'
import { verifyKeys } from '@omokit/core/documents'
import type { SigningKey, TrustedRoots } from '@omokit/core/documents'

/** Options of {@link createKeySource}. */
export interface KeySourceOptions {
  readonly ports: Ports
  readonly hub: string
  readonly key: string
  /** Root keys this device was born with. */
  readonly roots: TrustedRoots
  /** Default `ports.crypto`. */
  readonly crypto?: Crypto
  readonly onIssue?: (issue: Issue) => void
}

/**
 * Follows the brand's root-of-keys document: for `newKeys` of `createPricingSync`. Each call asks the hub; the answer is
 * undefined when the keys are the ones already given out or the document is refused. Learned roots last as long as this object.
 */
export function createKeySource({
  ports,
  hub,
  key,
  roots,
  crypto = ports.crypto,
  onIssue = () => undefined,
}: KeySourceOptions): () => Promise<readonly SigningKey[] | undefined> {
  let trusted = roots
  let given = 0
  return async () => {
    if (!crypto) return undefined
    const answer = await ports.net.send({ url: `${hub}/v1/keys`, method: 'GET', headers: { authorization: `Bearer ${key}` } })
    if (answer.status !== 200) return undefined
    const set = await verifyKeys(answer.text, { brand: ports.env.brand, trusted, crypto })
    if (!set.ok) {
      set.issues.forEach(onIssue)
      return undefined
    }
    trusted = set.value
    if (set.value.version <= given) return undefined
    given = set.value.version
    return set.value.keys
  }
}
