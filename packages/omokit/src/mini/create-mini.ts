import type { Ports } from '@omokit/core'
import { createPureCrypto } from '@omokit/core/ed25519'
import { createOmokit, type Omokit, type OmokitOptions } from '../omokit'

/** Options of both mini-program presets. */
export interface MiniOptions extends OmokitOptions {
  readonly brand: string
  /** Tells two uses by one brand apart, default "main". */
  readonly instance?: string
}

/** Names of {@link MiniOptions}. */
export const miniNames = 'brand instance hub key keys store currency place shared hold session before limits onIssue'

/** What leaves room for the mini-program's own data in the 10 MB it shares with us. */
const limits = { observeFacts: 10_000, observeBytes: 3_000_000 }

/** All of omokit on the ports of a mini-program: its channel, a verifier in plain arithmetic, and an outbox its storage can hold. */
export function createMini(options: MiniOptions, ports: Ports): Omokit {
  return createOmokit({
    place: { channel: 'miniprogram' },
    ...options,
    limits: { ...limits, ...options.limits },
    ports: { ...ports, crypto: createPureCrypto() },
  })
}
