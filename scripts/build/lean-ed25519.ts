import { join } from 'node:path'
import { root } from '../repository'

const parts = join(root, 'packages/core/src/ed25519/library-parts.ts')

/** Modules that a bundle gets in place of the Ed25519 library's own: see docs/decisions, "Our SHA-512 under the library's curve". */
export const leanEd25519: Readonly<Record<string, string>> = {
  '@stablelib/sha512': parts,
  '@stablelib/random': parts,
  '@stablelib/wipe': parts,
}
