import type { Crypto } from '@omokit/core'
import { createPureCrypto } from '@omokit/core/ed25519'
import { createWebPorts, keepStorage } from '@omokit/core/web'
import { checkOptions } from '../check-options'
import { createTill, type Till, type TillOptions } from '../till'

/** Options of {@link createOmokit} on a till page. */
export interface TillPageOptions extends TillOptions {
  readonly brand: string
  /** Tells two tills on one device apart, default "main". */
  readonly instance?: string
}

/** Names of the options. */
export const tillNames = 'brand instance hub key storeId workstationId keys currency plugins limits onIssue'

/**
 * A till on a page: works without the hub, also on web views without Ed25519. Its start asks the browser to keep what is
 * stored; where it does not promise that, `onIssue` hears of `unavailable` at `storage.persist`: install the page or allow
 * it in the browser's settings, or a browser short of room may delete the journal.
 *
 * @example
 * const till = createOmokit({ brand: 'demo', hub: 'https://hub.example', key: 'tk_live_demo_…', storeId: '0042', workstationId: '3', keys })
 * await till.start()
 */
export function createOmokit(options: TillPageOptions): Till {
  checkOptions(options, tillNames)
  const { onIssue } = options
  const ports = createWebPorts(Object.assign({}, options, { platform: 'till' as const }))
  const till = createTill(Object.assign({}, options, { ports, crypto: withFallback(ports.crypto as Crypto, createPureCrypto()) }))
  return Object.assign({}, till, {
    start() {
      // not awaited: some browsers ask the person, and a till must open meanwhile
      void keepStorage().then((kept) => {
        if (!kept && onIssue) onIssue({ code: 'unavailable', path: 'storage.persist' })
      })
      return till.start()
    },
  })
}

/** The browser's own where it works, plain arithmetic where it does not. */
const withFallback = (own: Crypto, pure: Crypto): Crypto => ({
  verify: (...given) => own.verify(...given).catch(() => pure.verify(...given)),
  sha256: own.sha256,
})
