import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import type { MemoryPorts } from '@omokit/core/memory'
import { createNodePorts } from '@omokit/core/node'
import { contracts } from '@omokit/core/testing'
import type { PortHarness } from '@omokit/core/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startContractServer } from './contract-server'

let server: Awaited<ReturnType<typeof startContractServer>>
const home = mkdtempSync(join(tmpdir(), 'omokit-contracts-'))
let harnesses = 0

beforeAll(async () => {
  server = await startContractServer()
})
afterAll(async () => {
  await server.close()
  rmSync(home, { recursive: true })
})

const adapters: Record<string, () => PortHarness> = {
  node: () => {
    const dir = join(home, String(++harnesses))
    const open: PortHarness['open'] = (options) => createNodePorts({ brand: 'demo', dir, ...options })
    return { open, restart: () => open(), url: server.url }
  },
  memory: () => {
    const device = createMemoryDevice()
    const open = (options?: { brand?: string; instance?: string }): MemoryPorts =>
      createMemoryPorts({ brand: 'demo', device, net: (url, init) => fetch(url, init), ...options })
    return {
      open,
      url: server.url,
      restart() {
        device.kill()
        return open()
      },
      fill: async () => {
        const { quota } = device
        device.quota = device.used() + 1_000
        return () => void (device.quota = quota)
      },
      world: {
        hide: (ports) => (ports as MemoryPorts).host.hide(),
        show: (ports) => (ports as MemoryPorts).host.show(),
        online: (ports, online) => (ports as MemoryPorts).host.online(online),
      },
    }
  },
}

for (const [adapter, harness] of Object.entries(adapters)) {
  for (const [port, cases] of Object.entries(contracts)) {
    describe(`${adapter} ${port}`, () => {
      for (const each of cases) it(each.name, () => each.run(harness()))
    })
  }
}
