import { OmoError } from '../issues'
import { createMiniPorts } from '../mini/mini-ports'
import type { MiniPortsOptions } from '../mini/mini-ports'
import type { MiniHost } from '../mini/mini-host'
import type { Ports } from '../ports'
import type { My } from './my'
import { myHost } from './my-host'

/** Options of {@link createAlipayPorts}. */
export interface AlipayPortsOptions extends MiniPortsOptions {}

declare const my: My | undefined

/**
 * The ports of an Alipay mini-program's logic layer: its storage (200 × 1024 characters a key, 10 MB in all, shared with
 * the mini-program; longer values are cut), `my.request` (any status answers), hide and show. Creating them touches
 * nothing. Load this module once per mini-program.
 *
 * Alipay has no randomness: `entropy.strength` is "weak", so let the hub make tokens. An `append` is stored when it
 * returns. There are no server-sent events (poll) and no `crypto`: pass `createPureCrypto()` of `@omokit/core/ed25519`.
 *
 * @example
 * const ports = createAlipayPorts({ brand: 'demo' })
 */
export function createAlipayPorts(options: AlipayPortsOptions): Ports {
  let made: MiniHost | undefined
  return createMiniPorts(options, 'alipay', () => (made = made || myHost(hostObject())))
}

function hostObject(): My {
  if (typeof my === 'undefined') throw new OmoError('unavailable', 'this is no Alipay mini-program')
  return my
}
