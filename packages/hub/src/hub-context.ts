import type { Signer } from '@omokit/core/documents'
import type { Hono } from 'hono'
import type { HubEffects } from './effects'
import type { FactConsumer } from './facts/consumer'
import type { HubLimits } from './http/limits'
import type { FindKey } from './keys/find-key'
import type { HubKey } from './keys/hub-key'
import type { Store } from './store/store'

/** What every part of the hub is given. */
export interface HubContext {
  readonly store: Store
  readonly effects: HubEffects
  readonly mode: HubMode
  readonly limits: HubLimits
  readonly findKey: FindKey
  /** Signs member codes, tokens and coupons; absent: those endpoints answer `unavailable`. */
  readonly signer?: HubSigner
  /** Receipts and releases are also queued for a bus. */
  readonly bus: boolean
  /** Told of every fault, for the operator's log. Never throws. */
  readonly onFault: (error: unknown) => void
}

/** dev serves the demo page and is for one machine; live serves the API alone. */
export type HubMode = 'dev' | 'live'

/** An Ed25519 key of the hub. */
export interface HubSigner {
  readonly kid: string
  /** base64url, 32 bytes. */
  readonly publicKey: string
  readonly sign: Signer
}

/** Variables of a request after it was authorised. */
export interface HubEnv {
  readonly Variables: {
    readonly key: HubKey
    /** The member whose token came with the request. */
    readonly member: string | undefined
  }
}

/** The hub's HTTP application. */
export type HubApp = Hono<HubEnv>

/** A part of the hub: its endpoints, and what facts mean to it. */
export interface HubPart {
  /** Adds endpoints; everything below `/v1/` is authorised before. */
  readonly mount?: (app: HubApp) => void
  readonly consumers?: readonly FactConsumer[]
  /** The member a session token stands for; undefined when it is not valid. */
  readonly memberOf?: (brand: string, token: string) => Promise<string | undefined>
  /** Ends what the part has running. */
  readonly close?: () => void
}
