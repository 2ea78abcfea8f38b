import { urlAlphabet } from 'nanoid'
import type { Entropy } from './ports'

/**
 * Makes random ids over `A-Za-z0-9_-`, the alphabet of nanoid: streams, visitors, holds. Each character is six bits of
 * a byte of entropy, so none is likelier than another; 21 characters carry 126 bits.
 *
 * Asynchronous because WeChat's randomness is; nothing is asked of `entropy` before the first id.
 *
 * @example
 * const id = createIds(ports.entropy)
 * const stream = await id()
 */
export function createIds(entropy: Pick<Entropy, 'fill'>): (length?: number) => Promise<string> {
  return (length = 21) => entropy.fill(length).then(idOf)
}

/** The id those random bytes make. */
export const idOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => urlAlphabet[byte & 63]).join('')
