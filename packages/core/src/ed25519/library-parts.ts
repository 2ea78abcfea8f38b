import { sha512 } from '../sha512'

/**
 * What the build puts in place of the modules `@stablelib/ed25519` asks for, so that a client carries the check and its hash
 * alone. Only `SHA512` is ever called: the rest belongs to signing, which no client does, and is shaken away.
 */
export function SHA512(): { update(bytes: Uint8Array): void; digest(): Uint8Array } {
  let all = new Uint8Array(0)
  return {
    update(bytes) {
      const longer = new Uint8Array(all.length + bytes.length)
      longer.set(all)
      longer.set(bytes, all.length)
      all = longer
    },
    digest: () => sha512(all),
  }
}

export const hash: typeof sha512 = sha512

export function randomBytes(): never {
  throw new Error('this build cannot sign')
}

export function wipe(): never {
  return randomBytes()
}
