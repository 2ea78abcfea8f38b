import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAlipayLayer, createWechatLayer, type LayerServer } from '@omokit/core/testing/layers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundle } from '../../scripts/engines/bundle'
import { root } from '../../scripts/repository'
import ts from 'typescript'
import { faultsIn, miniProgramSettings, pageSettings } from './compile'
import { firstEvent, firstEventPages, firstEvents } from './first-event-blocks'
import { type QuickStartShop, startQuickStartShop, withReal } from './quick-start-shop'

let shop: QuickStartShop

beforeAll(async () => (shop = await startQuickStartShop()))
afterAll(() => shop.close())

const real = (runtime: Parameters<typeof firstEvent>[0]): string => withReal(firstEvent(runtime), shop, 'first-event')

describe('the first event', () => {
  it('takes eight lines at most in every runtime, the same in both languages', () => {
    const [en, zh] = firstEventPages.map(firstEvents)
    expect(zh).toEqual(en)
    for (const { runtime, code } of en ?? []) expect({ runtime, lines: code.split('\n').filter(Boolean).length <= 8 }).toEqual({ runtime, lines: true })
  })

  it('Node: is with the hub', async () => {
    const before = await shop.stored()
    const file = join(shop.folder, 'node.ts')
    writeFileSync(file, real('node'))
    const shown: unknown[] = []
    const log = vi.spyOn(console, 'log').mockImplementation((...printed: unknown[]) => void shown.push(...printed))
    try {
      await import(file)
    } finally {
      log.mockRestore()
    }
    // session and order
    expect([shown, await shop.stored()]).toEqual([[0], before + 2])
  })

  describe.each([
    ['wechat', createWechatLayer],
    ['alipay', createAlipayLayer],
  ] as const)('%s', (host, open) => {
    it('is with the hub after the shopper agreed, and nothing before', async () => {
      const before = await shop.stored()
      let app: { agreed?: () => Promise<void> } = {}
      const layer = open({ server: forward, beside: { App: (config: typeof app) => void (app = config) } })
      layer.load(await bundle({ text: real(host), dir: root }))
      expect([layer.storage.writes, await shop.stored()]).toEqual([0, before])
      await app.agreed?.()
      // consent receipt, session, view
      await vi.waitFor(async () => expect(await shop.stored()).toBe(before + 3), { timeout: 20_000 })
      layer.kill()
    })
  })
})

describe.each(['wechat', 'alipay'] as const)('the first event of %s', (host) => {
  it('compiles in a project of its own: strict, ES2017, the vendor’s typings, no DOM', () => {
    expect(faults(host, firstEvent(host))).toEqual([])
    expect(faults(host, `${firstEvent(host)}\nshop.track('Product Viewed', {})\ndocument.title`)).toHaveLength(2)
  })
})

it('the first event of the script tag compiles against what the tag brings', () => {
  const script = /<script>([\s\S]*)<\/script>/.exec(firstEvent('script'))?.[1] ?? ''
  const file = join(root, 'test', 'docs', 'script-tag.js')
  const brought = join(root, 'test', 'docs', 'script-tag-brings.d.ts')
  const faultsOf = (code: string): readonly string[] =>
    faultsIn(
      new Map([
        [file, code],
        [brought, "declare const omokit: typeof import('omokit/web')\n"],
      ]),
      { ...pageSettings(), allowJs: true, checkJs: true, moduleDetection: ts.ModuleDetectionKind.Auto },
    ).map(({ message }) => message)
  expect(faultsOf(script)).toEqual([])
  expect(faultsOf(`${script}\nshop.track('Product Viewed', {})\nomokit.createOmokitCor({})`)).toHaveLength(2)
})

/** A layer's requests, sent to the hub for real. */
const forward: LayerServer = async ({ url, method, headers, body }) => {
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
}

/** What the compiler says of a mini-program's file in JavaScript. */
function faults(host: 'wechat' | 'alipay', code: string): readonly string[] {
  const typings = host === 'wechat' ? 'miniprogram-api-typings' : '@mini-types/alipay'
  const file = join(root, 'test', 'docs', `${host}-app.js`)
  return faultsIn(new Map([[file, `/// <reference types="${typings}" />\n${code}`]]), miniProgramSettings).map(({ message }) => message)
}
