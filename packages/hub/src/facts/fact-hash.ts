import { createHash } from 'node:crypto'

/** `H("fact", text)` of `@omokit/core`, by the native SHA-256. */
export function factHash(text: string): string {
  return createHash('sha256')
    .update(`omokit.fact\n${Buffer.byteLength(text)}\n`)
    .update(text)
    .digest('base64url')
}
