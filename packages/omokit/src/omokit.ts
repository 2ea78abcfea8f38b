import type { Ports } from '@omokit/core'
import type { SigningKey } from '@omokit/core/documents'
import { createOmokitCore, type CoreOptions, type OmokitCore } from './core'
import { createShop, type Shop, type ShopOptions } from './shop'

/** Options of {@link createOmokit}, beside its ports. */
export interface OmokitOptions extends CoreOptions {
  /** Public keys that may sign the brand's releases: without them no release is taken. */
  readonly keys?: readonly SigningKey[]
  /** The store this device stands in, where it stands in one. */
  readonly store?: string
  /** ISO 4217, for releases that do not state theirs. */
  readonly currency?: string
}

/** One shop for a shopper: events, member, prices, coupons. */
export interface Omokit extends OmokitCore, Shop {}

/**
 * All of omokit for a shopper's device, on ports of one's own. Creating it touches nothing. `start()` reads the stored
 * choice and follows releases: before a choice without any id and in memory only.
 */
export function createOmokit(options: OmokitOptions & { readonly ports: Ports } & Pick<ShopOptions, 'view'>): Omokit {
  const core = createOmokitCore(options)
  const { clock, identity } = core
  const { place } = options
  const granted = (): boolean => identity.consent.state() === 'granted'
  const shop = createShop({
    ...options,
    clock,
    persist: granted,
    member: identity.member,
    memberToken: identity.memberToken,
    visitor: () => identity.ids().anonId,
    place: () => (typeof place === 'function' ? place() : place) ?? { channel: 'web' },
  })
  identity.onChange(() => {
    if (granted()) void shop.pricing.save()
  })
  return {
    ...core,
    ...shop,
    async start() {
      await core.start()
      await shop.pricing.start()
    },
    stop() {
      shop.pricing.stop()
      return core.stop()
    },
  }
}
