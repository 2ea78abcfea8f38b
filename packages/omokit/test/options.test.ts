import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeOf } from '@omokit/core'
import { createMemoryDevice, createMemoryPorts, type MemoryPorts } from '@omokit/core/memory'
import { createScrub } from '@omokit/tracker/scrub'
import { createOmokit as createOn } from 'omokit'
import { createOmokit as createServer, createTill } from 'omokit/node'
import { createOmokit as createTillPage } from 'omokit/till'
import { createOmokit, createOmokitCore } from 'omokit/web'
import { describe, expect, it } from 'vitest'

const thrown = (run: () => unknown): { code: unknown; message: string } => {
  try {
    run()
  } catch (error) {
    return { code: codeOf(error), message: (error as Error).message }
  }
  return { code: undefined, message: '' }
}
const base = { brand: 'b', hub: 'http://hub', key: 'k' }

describe('plugins', () => {
  it('shapes what every preset stores', async () => {
    const plugins = [{ name: 'scrub', before: createScrub() }]
    const dir = mkdtempSync(join(tmpdir(), 'omokit-plugins-'))
    const ports = (): MemoryPorts => createMemoryPorts({ brand: 'b', device: createMemoryDevice() })
    const shopper = createOn({ ...base, ports: ports(), plugins })
    await shopper.consent.grant(['analytics'])
    const server = createServer({ ...base, dir, plugins })
    const till = createTill({ ...base, dir, instance: 'till', storeId: '1', workstationId: '2', plugins })
    for (const shop of [shopper, server, till]) {
      const note = await shop.track('x:note', { text: 'call 13800138000' })
      expect(note).toBeDefined()
      const texts = (await shop.ports.log.open(note?.stream ?? '').read(0, 10, 100_000)).map((record) => record.text)
      expect(texts.some((text) => text.includes('call [phone]'))).toBe(true)
      expect(texts.some((text) => text.includes('13800138000'))).toBe(false)
    }
    await Promise.all([shopper.stop(), server.stop(), till.stop()])
    rmSync(dir, { recursive: true, force: true })
  })
})

describe('options', () => {
  it('that are misspelt are refused with the nearest known name', () => {
    expect(thrown(() => createOmokit({ ...base, curency: 'CNY' } as never))).toEqual({
      code: 'unknown-option',
      message: 'unknown-option: curency: did you mean currency?',
    })
    expect(thrown(() => createOmokitCore({ ...base, onIsue: () => undefined } as never)).message).toContain('onIssue')
    expect(thrown(() => createTillPage({ ...base, storeid: '1', workstationId: '2' } as never)).message).toContain('storeId')
    expect(thrown(() => createServer({ ...base, directory: '.' } as never)).code).toBe('unknown-option')
    expect(thrown(() => createTill({ ...base, dir: '.', storeId: '1', workstation: '2' } as never)).message).toContain('workstationId')
  })

  it('that are known make a shop, on a server without a page too, and nothing happens', async () => {
    const shop = createOmokit({ ...base, currency: 'CNY', keys: [] })
    expect(shop.consent.state()).toBe('unset')
    expect(createTillPage({ ...base, storeId: '1', workstationId: '2' }).place()).toEqual({ channel: 'till', storeId: '1', workstationId: '2' })
    await shop.stop()
  })
})
