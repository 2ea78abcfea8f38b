import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleAndServe, launchChromium, noChromium, type Chromium, type ServedPage } from '../../../scripts/chromium/launch'

const code = `
  import { createClock } from '@omokit/core'
  import { createOutbox } from '@omokit/core/outbox'
  import { createWebPorts } from '@omokit/core/web'
  import { createTracker } from '@omokit/tracker'
  import { createDebug, showDebugPanel } from '@omokit/tracker/debug'
  const ports = createWebPorts({ brand: 'demo' })
  const clock = createClock(ports)
  const debug = createDebug()
  const outbox = createOutbox({ ports, clock, hub: location.origin, key: 'pk_test', onIssue: debug.onIssue })
  const tracker = createTracker({ outbox, clock, who: () => ({}), may: (purpose) => purpose === 'analytics', plugins: [debug.plugin], onIssue: debug.onIssue })
  window.shop = { tracker, show: (language) => (window.off = showDebugPanel({ debug, outbox, language })) }
`

interface PageShop {
  readonly tracker: import('@omokit/tracker').Tracker
  show(language?: 'zh' | 'en'): void
}
declare const shop: PageShop

describe.skipIf(noChromium)(`the debug panel${noChromium}`, () => {
  let chromium: Chromium
  let served: ServedPage
  let page: Page
  let answers = false

  beforeAll(async () => {
    const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'; style-src 'none'">`
    served = await bundleAndServe(
      { code },
      {
        html: `<!doctype html><html lang="en"><meta charset="utf-8">${policy}<title>shop</title><body><h1>Shop</h1><script src="/bundle.js"></script>`,
        answer(request, response) {
          if (!request.url?.startsWith('/v1/')) return false
          let text = ''
          request.on('data', (part) => (text += String(part)))
          request.on('end', () => {
            if (!answers) return void response.writeHead(503).end()
            const { facts } = JSON.parse(text) as { readonly facts: readonly { readonly seq: number; readonly kind: string }[] }
            const except = facts.filter(({ kind }) => kind === 'x:Refused').map(({ seq }) => ({ seq, code: 'invalid' }))
            response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ through: facts.at(-1)?.seq, except, server_time: Date.now() }))
          })
          return true
        },
      },
    )
    chromium = await launchChromium()
    page = await chromium.context.newPage()
    await page.goto(served.url)
  })
  afterAll(async () => {
    await chromium?.close()
    await served?.close()
  })

  const panel = (): ReturnType<Page['locator']> => page.locator('omokit-debug details')
  const rows = (kind: string): Promise<string[]> => page.locator(`omokit-debug li.${kind}`).allTextContents()

  it('shows live what waits, what the hub has, what it refused and why a call was not taken', async () => {
    await page.evaluate(() => shop.show())
    await page.evaluate(async () => {
      await shop.tracker.track('Product Viewed', { sku: 'TEA006', price: 8800, currency: 'CNY', name: '<img src=x onerror=alert(1)>' })
      await shop.tracker.track('x:Refused')
      await shop.tracker.track('x:Asked', {}, { purpose: 'marketing' })
      await shop.tracker.flush()
    })
    await page.waitForFunction(() => /waiting: 3/.test(document.querySelector('omokit-debug')?.shadowRoot?.textContent ?? ''))
    expect((await rows('stored')).map((row) => row.split('  ')[1])).toEqual(['x:Refused', 'Product Viewed', 'Session Started'])
    expect((await rows('issues')).map((row) => row.split('  ')[0]).sort()).toEqual(['no-consent', 'unavailable'])

    answers = true
    await panel().getByRole('button', { name: 'send now' }).click()
    await page.waitForFunction(() => /waiting: 0/.test(document.querySelector('omokit-debug')?.shadowRoot?.textContent ?? ''))
    expect((await rows('confirmed')).map((row) => row.split('  ')[1])).toEqual(['Product Viewed', 'Session Started'])
    expect(await rows('refused')).toEqual([expect.stringMatching(/\.3 {2}invalid$/), expect.stringMatching(/^refused {2}x:Refused {2}#3 /)])
    expect(await rows('streams')).toEqual([expect.stringMatching(/^observe \S+ {2}numbered 3 {2}confirmed 3 {2}waiting 0$/)])
    // a body is text on the panel, and nothing of the page's policy stands in the way of its styles
    expect(await page.locator('omokit-debug img').count()).toBe(0)
    const { position, background } = await panel().evaluate((element) => ({
      position: getComputedStyle((element.getRootNode() as ShadowRoot).host).position,
      background: getComputedStyle(element).backgroundColor,
    }))
    expect([position, background]).toEqual(['fixed', 'rgb(255, 255, 255)'])
    const { width, height } = (await panel().boundingBox()) ?? { width: 0, height: 0 }
    expect(width).toBeGreaterThan(300)
    expect(height).toBeLessThanOrEqual(520)
  })

  it('clears, speaks Chinese, and leaves the page as it was', async () => {
    await panel().getByRole('button', { name: 'clear' }).click()
    await page.waitForFunction(() => !document.querySelector('omokit-debug')?.shadowRoot?.querySelector('li.confirmed'))
    await panel().getByRole('button', { name: 'close' }).click()
    expect(await page.locator('omokit-debug').count()).toBe(0)
    await page.evaluate(() => shop.show('zh'))
    await panel().getByRole('button', { name: '关闭' }).waitFor()
    await page.evaluate(() => (window as unknown as { off: () => void }).off())
    expect(await page.evaluate(() => document.documentElement.outerHTML.includes('omokit-debug'))).toBe(false)
  })
})
