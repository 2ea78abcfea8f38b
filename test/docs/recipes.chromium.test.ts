import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleAndServe, type Chromium, launchChromium, noChromium } from '../../scripts/chromium/launch'
import { recipe } from './recipe-blocks'
import { type QuickStartShop, startQuickStartShop, withReal } from './quick-start-shop'

/** An application around the recipe: it shows the state of consent and can be taken off. */
const applications = {
  react: `
    import { createElement, render } from 'preact/compat'
    import { shop, useCaptures, useConsent, useProductViewed } from './recipe'
    const App = ({ sku }) => {
      useCaptures()
      useProductViewed(sku, 8800)
      return createElement('p', { id: 'state' }, useConsent())
    }
    const root = document.body.appendChild(document.createElement('main'))
    window.app = { shop, show: (sku) => render(createElement(App, { sku }), root), leave: () => render(null, root) }`,
  vue: `
    import { createApp, h, ref } from 'vue'
    import { shop, useCaptures, useConsent, useProductViewed } from './recipe'
    const sku = ref('')
    const app = createApp({
      setup() {
        useCaptures()
        useProductViewed(() => sku.value)
        const state = useConsent()
        return () => h('p', { id: 'state' }, state.value)
      },
    })
    const root = document.body.appendChild(document.createElement('main'))
    let shown = false
    window.app = { shop, leave: () => app.unmount(), show: (now) => { sku.value = now; if (!shown) app.mount(root); shown = true } }`,
} as const

interface PageApp {
  readonly shop: import('omokit/web').OmokitCore
  show(sku: string): void
  leave(): void
}
declare const app: PageApp

describe.skipIf(noChromium)(`the recipes in Chromium${noChromium}`, () => {
  let shop: QuickStartShop
  let browser: Chromium

  beforeAll(async () => {
    ;[shop, browser] = await Promise.all([startQuickStartShop(), launchChromium()])
  })
  afterAll(async () => {
    await browser.close()
    await shop.close()
  })

  it.each(['react', 'vue'] as const)('%s: nothing before a choice, then pages, views and clicks, and nothing once it is gone', async (framework) => {
    const before = await shop.stored()
    writeFileSync(join(shop.folder, 'recipe.ts'), withReal(recipe(framework).replace("'react'", "'preact/compat'"), shop, 'recipes'))
    writeFileSync(join(shop.folder, `${framework}.js`), applications[framework])
    const served = await bundleAndServe(join(shop.folder, `${framework}.js`))
    const page = await browser.context.newPage()
    await page.goto(served.url)
    await page.evaluate(() => app.show('FIRST'))
    expect(await page.textContent('#state')).toBe('unset')
    await page.evaluate(() => app.shop.flush())
    expect(await shop.stored()).toBe(before)

    await page.evaluate(() => app.shop.consent.grantAll())
    await page.waitForFunction(() => document.querySelector('#state')?.textContent === 'granted')
    await page.evaluate(() => {
      history.pushState(null, '', '/tea')
      app.show('TEA006')
      document.body.insertAdjacentHTML('beforeend', '<button data-omo-event="Product Clicked" data-omo-sku="TEA006">Tea</button>')
    })
    await page.click('button')
    // consent receipt, session, page, product, click
    await expectStored(before + 5)
    await page.evaluate(() => {
      app.leave()
      history.pushState(null, '', '/gone')
    })
    await page.click('button')
    await page.waitForTimeout(200)
    await expectStored(before + 5)
    await page.close()
    await served.close()

    async function expectStored(count: number): Promise<void> {
      await page.waitForFunction(async () => (await app.shop.flush()).pending === 0)
      expect(await shop.stored()).toBe(count)
    }
  })
})
