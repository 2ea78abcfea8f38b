import type { Crypto, Net } from '@omokit/core'
import { createPureCrypto } from '@omokit/core/ed25519'
import { createMemoryPorts } from '@omokit/core/memory'
import { createWebPorts } from '@omokit/core/web'
import { createOmokit as createOnPorts, createTill, type Omokit, type Till } from 'omokit'
import { createOmokit as createWeb } from 'omokit/web'
import type { DemoConfig } from '../../demo-config'
import { type Cable, createCable } from '../../cable'
import { createLateKv } from './late-kv'

/** The three devices of the page, each with storage, outbox and release of its own. */
export interface Devices {
  /** The web shop: `omokit/web`, server-sent events. */
  readonly web: Omokit
  /** The mini-program: memory ports, requests only, so it polls. */
  readonly mini: Omokit
  /** The till: the web runtime's ports behind a cable. */
  readonly till: Till
  readonly cable: Cable
  /** Lets the till keep its things on this browser's disk. */
  openTillStore(): Promise<void>
}

/** Creates them; nothing is touched before their `start`. */
export function createDevices({ brand, run, publishable, terminal, keys, stores }: DemoConfig, hub: string): Devices {
  const common = { hub, keys, currency: 'CNY' }
  const web = createWeb({ ...common, brand, instance: `web-${run}`, key: publishable, place: { channel: 'web' } })

  const tillPorts = createWebPorts({ brand, instance: `till-${run}`, platform: 'till' })
  const crypto = withFallback(tillPorts.crypto, createPureCrypto())
  const requests: Net = { send: tillPorts.net.send }
  const mini = createOnPorts({
    ...common,
    key: publishable,
    place: { channel: 'miniprogram' },
    ports: createMemoryPorts({ brand, instance: 'mini', net: requests, crypto }),
  })

  const late = createLateKv(tillPorts.kv)
  const cable = createCable({ ...tillPorts, kv: late.kv })
  const till = createTill({ ...common, key: terminal, storeId: stores[0]?.storeId ?? '', workstationId: '1', ports: cable.ports, crypto })
  return { web, mini, till, cable, openTillStore: late.open }
}

/** The browser's Ed25519 where it works, plain arithmetic where it does not. */
const withFallback = (own: Crypto | undefined, pure: Crypto): Crypto => ({
  verify: (key, signature, message) =>
    own ? own.verify(key, signature, message).catch(() => pure.verify(key, signature, message)) : pure.verify(key, signature, message),
  sha256: (bytes) => (own ?? pure).sha256(bytes),
})
