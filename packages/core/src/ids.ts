import { toBase64url } from './base64url'
import type { Entropy } from './ports'

/**
 * Makes random ids over `A-Za-z0-9_-`, the alphabet of nanoid: streams, visitors, holds. Each character is six bits of
 * entropy as they come, so none is likelier than another; 21 characters carry 126 bits.
 *
 * Asynchronous because WeChat's randomness is; nothing is asked of `entropy` before the first id.
 *
 * @example
 * const id = createIds(ports.entropy)
 * const stream = await id()
 */
export function createIds(entropy: Entropy): (length?: number) => Promise<string> {
  return async (length = 21) => toBase64url(await entropy.fill(Math.ceil(length * 0.75))).slice(0, length)
}
