// @vitest-environment happy-dom
import 'fake-indexeddb/auto'
import { createWebPorts } from '@omokit/core/web'
import { contracts } from '@omokit/core/testing'
import type { PortHarness } from '@omokit/core/testing'
import type { Ports } from '@omokit/core'
import { describe, it } from 'vitest'

const idb = indexedDB
let harnesses = 0

/** happy-dom has no Web Locks, so that one page at a time is assumed: opening the same again gives the same ports. */
function harness(storage: 'IndexedDB' | 'localStorage alone'): PortHarness {
  const home = String(++harnesses)
  localStorage.clear()
  const held = new Map<string, Ports>()
  Object.assign(globalThis, { indexedDB: storage === 'IndexedDB' ? idb : undefined })
  const fresh: PortHarness['open'] = ({ brand = 'demo', instance = 'main' } = {}) => createWebPorts({ brand: `${home} ${brand}`, instance })
  const open: PortHarness['open'] = (options = {}) => {
    const name = JSON.stringify([options.brand, options.instance])
    const ports = held.get(name) ?? fresh(options)
    held.set(name, ports)
    return ports
  }
  return {
    open,
    url: '',
    restart: () => {
      held.clear()
      return open()
    },
    world: {
      hide: () => void dispatchEvent(new Event('pagehide')),
      show: () => void dispatchEvent(new Event('pageshow')),
      online: (_, online) => void dispatchEvent(new Event(online ? 'online' : 'offline')),
    },
  }
}

const { net: _, ...local } = contracts

for (const [port, cases] of Object.entries(local)) {
  describe(`web ${port} in happy-dom`, () => {
    for (const each of cases) it(each.name, () => each.run(harness('IndexedDB')))
  })
}

describe.each(['kv', 'log'] as const)('web %s without IndexedDB', (port) => {
  for (const each of contracts[port]) it(each.name, () => each.run(harness('localStorage alone')))
})
