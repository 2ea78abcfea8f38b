import type { FactBody } from '@omokit/core'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleAndServe, launchChromium, noChromium, type Chromium, type ServedPage } from '../../../scripts/chromium/launch'

/** A page that keeps what its captures track, in its session storage: what is told while it is left is read on the next page. */
const code = `
  import { trackClicks } from '@omokit/tracker/clicks'
  import { trackImpressions } from '@omokit/tracker/impressions'
  import { trackPages } from '@omokit/tracker/pages'
  const told = () => JSON.parse(sessionStorage.getItem('told') || '[]')
  const track = (event, body) => {
    sessionStorage.setItem('told', JSON.stringify(told().concat([[event, body]])))
    if (window.broken) throw new Error('broken tracker')
    return Promise.resolve(undefined)
  }
  const broken = []
  addEventListener('error', ({ message }) => broken.push(message))
  addEventListener('unhandledrejection', ({ reason }) => broken.push(String(reason)))
  window.shop = { tracker: { track }, told, faults: broken, trackClicks, trackImpressions, trackPages }
`

/** What the page calls. */
interface PageShop {
  readonly tracker: { track(event: string, body: FactBody): Promise<undefined> }
  told(): [string, FactBody][]
  readonly faults: string[]
  readonly trackClicks: typeof import('@omokit/tracker/clicks').trackClicks
  readonly trackImpressions: typeof import('@omokit/tracker/impressions').trackImpressions
  readonly trackPages: typeof import('@omokit/tracker/pages').trackPages
}
declare const shop: PageShop

describe.skipIf(noChromium)(`captures on a page${noChromium}`, () => {
  let chromium: Chromium
  let served: ServedPage
  let page: Page

  beforeAll(async () => {
    ;[served, chromium] = await Promise.all([bundleAndServe({ code }), launchChromium()])
  })
  afterAll(async () => {
    await chromium?.close()
    await served?.close()
  })
  beforeEach(async () => {
    page = await chromium.context.newPage()
    await page.goto(`${served.url}tea?a=1&phone=13800138000`)
  })
  afterEach(async () => {
    expect(await page.evaluate(() => shop.faults)).toEqual([])
    await page.close()
  })

  const told = (): Promise<[string, FactBody][]> => page.evaluate(() => shop.told())
  const until = async (count: number): Promise<[string, FactBody][]> => {
    await page.waitForFunction((needed) => shop.told().length >= needed, count)
    return told()
  }

  describe('of clicks', () => {
    beforeEach(() =>
      page.evaluate(() => {
        document.body.insertAdjacentHTML(
          'beforeend',
          `<a id="tea" href="#tea" data-omo-event="Product Clicked" data-omo-sku="0042" data-omo-price="8800" data-omo-currency="CNY" data-omo-in-stock="yes" title="secret"><b id="inner">text content</b></a>
           <label><input id="phone" value="13800138000" data-omo-event="x:Field Opened" data-omo-field="phone"></label><p id="plain">none</p>`,
        )
      }),
    )

    it('take what the attributes say, of the nearest marked element, and neither texts nor values', async () => {
      await page.evaluate(() => void ((window as unknown as { off: unknown }).off = shop.trackClicks({ tracker: shop.tracker })))
      await page.click('#inner')
      await page.click('#phone')
      await page.click('#plain')
      expect(await told()).toEqual([
        ['Product Clicked', { sku: '0042', price: 8800, currency: 'CNY', inStock: 'yes' }],
        ['x:Field Opened', { field: 'phone' }],
      ])
    })

    it('are heard on elements that come later, in shadow roots, through a host that stops them, and no more after off', async () => {
      await page.evaluate(() => {
        const off = shop.trackClicks({ tracker: shop.tracker })
        const late = document.body.appendChild(document.createElement('div'))
        late.attachShadow({ mode: 'open' }).innerHTML = '<button data-omo-event="x:In Shadow"><i>deep</i></button>'
        document.addEventListener('click', (event) => event.stopPropagation(), true)
        late.addEventListener('click', (event) => event.stopImmediatePropagation())
        late.shadowRoot?.querySelector('i')?.click()
        off()
        late.shadowRoot?.querySelector('i')?.click()
      })
      expect(await told()).toEqual([['x:In Shadow', {}]])
    })

    it('stay inside their root, count the middle button and not the right one, and survive a tracker that throws', async () => {
      await page.evaluate(() => {
        ;(window as unknown as { broken: boolean }).broken = true
        document.body.setAttribute('data-omo-event', 'x:Outside')
        shop.trackClicks({ tracker: shop.tracker, root: document.querySelector('#tea') as Element })
      })
      await page.click('#plain')
      await page.click('#tea', { button: 'middle' })
      await page.click('#tea', { button: 'right' })
      expect((await told()).map(([event]) => event)).toEqual(['Product Clicked'])
    })
  })

  describe('of impressions', () => {
    const list = (count: number, more = ''): string =>
      `<ul data-omo-list="home-new" data-omo-currency="CNY" style="margin:0;padding:0">${Array.from({ length: count }, (_, i) => `<li data-omo-sku="S${i + 1}" data-omo-price="${100 * i}" style="height:100px">article</li>`).join('')}</ul>${more}`
    const show = (html: string): Promise<void> =>
      page.evaluate((text) => {
        document.body.style.margin = '0'
        document.body.innerHTML = text
        shop.trackImpressions({ tracker: shop.tracker, dwellMs: 300, batchMs: 200 })
      }, html)
    const skus = (rows: readonly [string, FactBody][]): unknown[] =>
      rows.flatMap(([, body]) => (body['products'] as { readonly sku: string }[]).map(({ sku }) => sku))

    it('are the products that were half in sight for long enough, several to an event, each in its place', async () => {
      await page.setViewportSize({ width: 400, height: 340 })
      await show(list(6))
      const [[event, body] = []] = await until(1)
      expect([event, body]).toEqual([
        'Product List Viewed',
        { list: 'home-new', currency: 'CNY', products: [1, 2, 3].map((n) => ({ sku: `S${n}`, price: 100 * (n - 1), currency: 'CNY', position: n })) },
      ])
      // the fourth was less than half in sight; now it is, and those before are not told again
      await page.evaluate(() => scrollTo(0, 250))
      expect(skus((await until(2)).slice(1))).toEqual(['S4', 'S5', 'S6'])
      await page.evaluate(() => scrollTo(0, 0))
      await page.waitForTimeout(700)
      expect(skus(await told()).filter((sku) => sku === 'S1')).toHaveLength(1)
    })

    it('count an article once with the marks inside it, and a list inside a list by itself', async () => {
      const item = (sku: string): string => `<li data-omo-sku="${sku}"><a data-omo-event="Product Clicked" data-omo-sku="${sku}">article</a></li>`
      await show(`<ul data-omo-list="outer">${item('A')}<li><ul data-omo-list="inner">${item('B')}</ul></li>${item('C')}</ul>`)
      expect((await until(2)).map(([, body]) => body)).toEqual([
        { list: 'outer', products: [1, 2].map((position) => ({ sku: ['A', 'C'][position - 1], position })) },
        { list: 'inner', products: [{ sku: 'B', position: 1 }] },
      ])
    })

    it('are not what only flew past', async () => {
      await page.setViewportSize({ width: 400, height: 200 })
      await page.evaluate((text) => {
        document.body.style.margin = '0'
        document.body.innerHTML = text
        shop.trackImpressions({ tracker: shop.tracker, dwellMs: 1000, batchMs: 100 })
      }, list(30))
      for (let at = 200; at <= 2600; at += 200) {
        await page.evaluate((top) => scrollTo(0, top), at)
        await page.waitForTimeout(60)
      }
      await until(1)
      expect(skus(await told())).toEqual(['S27', 'S28'])
    })

    it('are told when the page is left before the batch is full, and banners one by one', async () => {
      await page.evaluate(
        (text) => {
          document.body.innerHTML = text
          shop.trackImpressions({ tracker: shop.tracker, dwellMs: 100, batchMs: 60_000 })
        },
        list(1, '<img data-omo-promotion="double-11" data-omo-position="top" width="50" height="50">'),
      )
      expect(await until(1)).toEqual([['Promotion Viewed', { promotion: 'double-11', position: 'top' }]])
      await page.goto(`${served.url}other`)
      expect((await told())[1]?.[0]).toBe('Product List Viewed')
    })

    it('count articles that come later or stand in an element used again, and a list again on another page', async () => {
      await show(list(1))
      await until(1)
      await page.evaluate(() => {
        const [first] = document.querySelectorAll('li')
        first?.setAttribute('data-omo-sku', 'NEXT')
        document.querySelector('ul')?.insertAdjacentHTML('beforeend', '<li data-omo-sku="LATE" style="height:100px">article</li>')
      })
      expect(skus((await until(2)).slice(1)).sort()).toEqual(['LATE', 'NEXT'])
      await page.evaluate(() => {
        history.pushState(null, '', '/again')
        document.querySelector('li')?.setAttribute('data-omo-sku', 'S1')
      })
      expect(skus((await until(3)).slice(2))).toEqual(['S1'])
    })

    it('count what is taller than the screen once it fills half of it', async () => {
      await page.setViewportSize({ width: 400, height: 300 })
      await show('<div data-omo-promotion="tall" style="height:3000px">long</div>')
      expect(await until(1)).toEqual([['Promotion Viewed', { promotion: 'tall' }]])
    })

    it('take no notice of time in a hidden tab', async () => {
      await page.evaluate(() => {
        let state = 'hidden'
        Object.defineProperty(document, 'visibilityState', { get: () => state })
        ;(window as unknown as { reveal: () => void }).reveal = () => {
          state = 'visible'
          document.dispatchEvent(new Event('visibilitychange'))
        }
      })
      await show(list(1))
      await page.waitForTimeout(800)
      expect(await told()).toEqual([])
      await page.evaluate(() => (window as unknown as { reveal: () => void }).reveal())
      expect(skus(await until(1))).toEqual(['S1'])
    })
  })

  describe.each([true, false])('of pages, where the browser tells of navigation: %s', (tells) => {
    beforeEach(async () => {
      if (!tells) await page.evaluate(() => Object.defineProperty(window, 'navigation', { value: undefined, configurable: true }))
    })
    const paths = async (): Promise<unknown[]> => (await told()).map(([, body]) => body['path'])

    it('are each address once, with its title, without its query, and history is not patched', async () => {
      const own = await page.evaluate(() => {
        const before = [history.pushState, history.replaceState]
        const off = shop.trackPages({ tracker: shop.tracker, query: ['a'] })
        ;(window as unknown as { off: () => void }).off = off
        return before[0] === history.pushState && before[1] === history.replaceState && !Object.prototype.hasOwnProperty.call(history, 'pushState')
      })
      expect(own).toBe(true)
      await page.evaluate(() => {
        history.pushState(null, '', '/cart?token=secret')
        document.title = 'Cart'
      })
      await until(2)
      await page.evaluate(() => history.replaceState(null, '', '/cart?token=other'))
      await page.evaluate(() => history.pushState(null, '', '/cart#!/pay?card=1'))
      await until(3)
      await page.evaluate(() => history.back())
      await until(4)
      await page.evaluate(() => (location.hash = '#/thanks'))
      const rows = await until(5)
      expect(rows.map(([event]) => event)).toEqual(Array.from({ length: 5 }, () => 'Page Viewed'))
      expect(rows.map(([, body]) => body)).toEqual([
        { path: '/tea?a=1', title: 'omokit' },
        { path: '/cart', title: 'Cart', referrer: '/tea?a=1' },
        { path: '/cart#!/pay', title: 'Cart', referrer: '/cart' },
        { path: '/cart', title: 'Cart', referrer: '/cart#!/pay' },
        { path: '/cart#/thanks', title: 'Cart', referrer: '/cart' },
      ])
      await page.evaluate(() => {
        ;(window as unknown as { off: () => void }).off()
        history.pushState(null, '', '/after')
      })
      await page.waitForTimeout(800)
      expect(await paths()).toHaveLength(5)
    })

    it('are screens where an app names them', async () => {
      await page.evaluate(() => {
        shop.trackPages({
          tracker: shop.tracker,
          screen(path) {
            if (path === '/broken') throw new Error('host')
            return path === '/hidden' ? undefined : `screen ${path}`
          },
        })
      })
      for (const path of ['/hidden', '/broken', '/till']) {
        await page.evaluate((to) => history.pushState(null, '', to), path)
        await page.waitForTimeout(tells ? 30 : 700)
      }
      await until(2)
      expect(await told()).toEqual([
        ['Screen Viewed', { name: 'screen /tea' }],
        ['Screen Viewed', { name: 'screen /till' }],
      ])
    })
  })

  it('of a page rendered in advance waits until it is shown; a page out of the browser’s memory counts again', async () => {
    await page.evaluate(() => {
      Object.defineProperty(document, 'prerendering', { value: true, configurable: true })
      shop.trackPages({ tracker: shop.tracker })
    })
    expect(await told()).toEqual([])
    await page.evaluate(() => {
      Object.defineProperty(document, 'prerendering', { value: false })
      document.dispatchEvent(new Event('prerenderingchange'))
    })
    expect(await told()).toHaveLength(1)
    await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    })
    expect((await told()).map(([, body]) => body['path'])).toEqual(['/tea', '/tea'])
  })
})
