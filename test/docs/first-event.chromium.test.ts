import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundleAndServe, type Chromium, launchChromium, noChromium } from '../../scripts/chromium/launch'
import { packages } from '../../scripts/packaging/packages.mjs'
import { root } from '../../scripts/repository'
import { firstEvent } from './first-event-blocks'
import { type QuickStartShop, startQuickStartShop, withReal } from './quick-start-shop'

describe.skipIf(noChromium)(`the first event in Chromium${noChromium}`, () => {
  let shop: QuickStartShop
  let browser: Chromium

  beforeAll(async () => {
    ;[shop, browser] = await Promise.all([startQuickStartShop(), launchChromium()])
  })
  afterAll(async () => {
    await browser.close()
    await shop.close()
  })

  it.each([
    // consent receipt, session, view
    ['web', 3],
    // session and screen
    ['till', 2],
  ] as const)('%s: is with the hub, and nothing is left to send', async (runtime, facts) => {
    const before = await shop.stored()
    const lines = withReal(firstEvent(runtime), shop, 'first-event').split('\n')
    const imports = lines.filter((line) => line.startsWith('import ')).join('\n')
    const body = lines.filter((line) => !line.startsWith('import ')).join('\n')
    const code = `${imports}\nconst shown = []\nconst console = { log: (...values) => void shown.push(...values) }\nwindow.followed = (async () => {\n${body}\nreturn shown\n})()`
    const served = await bundleAndServe({ code })
    const page = await browser.context.newPage()
    await page.goto(served.url)
    expect(await page.evaluate('window.followed')).toEqual([0])
    expect(await shop.stored()).toBe(before + facts)
    await page.close()
    await served.close()
  })

  it('script tag: the file that a page names by its address does the same', async () => {
    const before = await shop.stored()
    const { script } = packages['omokit'] as { readonly script: { readonly entry: string; readonly global: string } }
    const entry = join(root, 'packages/omokit', packages['omokit']?.entries[script.entry] ?? '')
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: script.global,
      target: 'es2017',
      platform: 'browser',
      conditions: ['@omokit/source'],
      logLevel: 'silent',
    })
    const page = await browser.context.newPage()
    const asked: string[] = []
    await page.route('https://cdn.jsdelivr.net/**', async (route) => {
      asked.push(route.request().url())
      await route.fulfill({ contentType: 'text/javascript', body: outputFiles[0]?.text ?? '' })
    })
    const served = await bundleAndServe(
      { code: '' },
      { html: `<!doctype html><meta charset="utf-8"><title>shop</title>${withReal(firstEvent('script'), shop, 'first-event')}` },
    )
    await page.goto(served.url)
    await vi.waitFor(async () => expect(await shop.stored()).toBe(before + 3), { timeout: 20_000 })
    expect(asked).toEqual([`https://cdn.jsdelivr.net/npm/omokit@${(await import('../../scripts/packaging/packages.mjs')).version}`])
    await page.close()
    await served.close()
  })
})
