import type { Fact, FactsRequest } from '@omokit/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundleAndServe, launchChromium, noChromium, type Chromium, type ServedPage } from '../../../scripts/chromium/launch'

const code = `
  import { createSlimClock } from '@omokit/core'
  import { createPageOutbox, createPagePorts } from '@omokit/core/page'
  import { createTracker } from '@omokit/tracker'
  import { trackClicks } from '@omokit/tracker/clicks'
  import { trackImpressions } from '@omokit/tracker/impressions'
  import { trackPages } from '@omokit/tracker/pages'
  const ports = createPagePorts({ brand: 'demo' })
  const clock = createSlimClock(ports)
  const outbox = createPageOutbox({ ports, clock, hub: location.origin, key: 'pk' })
  outbox.start()
  const tracker = createTracker({ outbox, clock, kv: ports.kv, who: () => ({}), may: () => true })
  // the pages that follow show nothing: on a loaded machine they may stay in sight for long
  if (location.pathname === '/home')
    document.body.insertAdjacentHTML(
      'beforeend',
      '<ul data-omo-list="home"><li data-omo-sku="TEA006"><a href="/next" data-omo-event="Product Clicked" data-omo-sku="TEA006">Tea</a></li></ul>',
    )
  trackPages({ tracker })
  trackClicks({ tracker })
  trackImpressions({ tracker, dwellMs: 50, batchMs: 60_000 })
`

describe.skipIf(noChromium)(`a click that leads away${noChromium}`, () => {
  let chromium: Chromium
  let served: ServedPage
  /** Until then the hub takes the connection and says nothing. */
  let answers = false
  const facts = new Map<string, Fact>()

  beforeAll(async () => {
    served = await bundleAndServe(
      { code },
      {
        answer(request, response) {
          if (!request.url?.startsWith('/v1/')) return false
          let text = ''
          request.on('data', (part) => (text += String(part)))
          request.on('end', () => {
            if (!answers) return
            const batch = JSON.parse(text) as FactsRequest
            for (const fact of batch.facts) facts.set(`${batch.stream}.${fact.seq}`, fact)
            response
              .writeHead(200, { 'content-type': 'application/json' })
              .end(JSON.stringify({ through: batch.facts.at(-1)?.seq, except: [], server_time: Date.now() }))
          })
          return true
        },
      },
    )
    chromium = await launchChromium()
  })
  afterAll(async () => {
    await chromium?.close()
    await served?.close()
  })

  it('is not held up by a hub that hangs, and arrives with what was seen, once, from the next page', async () => {
    const page = await chromium.context.newPage()
    await page.goto(`${served.url}home`)
    // long enough in sight, also on a loaded machine; the batch is still open when the page is left
    await page.waitForTimeout(2_000)
    await Promise.all([page.waitForURL('**/next'), page.click('a')])
    answers = true
    await page.close()
    const late = await chromium.context.newPage()
    await late.goto(`${served.url}last`)
    const told = (): string[] =>
      [...facts.values()]
        .map(({ kind, body }) => `${kind} ${String(body['path'] ?? body['sku'] ?? body['list'] ?? '')}`.trim())
        .filter((one) => !/^Facts Lost|^Session/.test(one))
    await vi.waitFor(() => expect(told()).toContain('Page Viewed /last'), { timeout: 60_000 })
    await vi.waitFor(() => expect(told().length).toBeGreaterThanOrEqual(5), { timeout: 60_000 })
    expect(told().sort()).toEqual(['Page Viewed /home', 'Page Viewed /last', 'Page Viewed /next', 'Product Clicked TEA006', 'Product List Viewed home'])
    await late.close()
  }, 150_000)
})
