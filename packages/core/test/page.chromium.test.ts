import type { IncomingMessage } from 'node:http'
import type { NetResponse } from '@omokit/core'
import type { SlimOutbox } from '@omokit/core/outbox'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { bundleAndServe, launchChromium, noChromium, type Chromium, type ServedPage } from '../../../scripts/chromium/launch'
import { createFakeHub, refusal, type FakeHub } from './fake-hub'

declare const openOutbox: (brand: string) => SlimOutbox

const code = `
  import { createSlimClock } from '@omokit/core'
  import { createPageOutbox, createPagePorts } from '@omokit/core/page'
  globalThis.openOutbox = (brand) => {
    const ports = createPagePorts({ brand })
    const outbox = createPageOutbox({ ports, clock: createSlimClock(ports), hub: location.origin, key: 'pk' })
    outbox.start()
    return outbox
  }
`

describe.skipIf(noChromium)(`the outbox of a page in Chromium${noChromium}`, () => {
  let chromium: Chromium
  let served: ServedPage
  let hub: FakeHub

  async function answer(request: IncomingMessage): Promise<NetResponse> {
    let body = ''
    for await (const part of request) body += String(part)
    return hub.send({ url: request.url as string, method: 'POST', headers: {}, body })
  }

  beforeAll(async () => {
    served = await bundleAndServe(
      { code },
      {
        answer(request, response) {
          if (!request.url?.startsWith('/v1/')) return false
          const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*', 'access-control-allow-headers': '*, authorization' }
          if (request.method === 'OPTIONS') response.writeHead(204, headers).end()
          else void answer(request).then(({ status, text }) => response.writeHead(status, headers).end(text))
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
  beforeEach(() => {
    hub = createFakeHub()
  })

  const visit = async (): Promise<Page> => {
    const page = await chromium.context.newPage()
    await page.goto(served.url)
    return page
  }
  /** Opens the next page and waits for that; every number up to the highest must be settled by then. What came, in order of arrival. */
  const deliver = async (brand: string, arrived: () => boolean): Promise<unknown[]> => {
    const page = await visit()
    await page.evaluate((name) => void openOutbox(name), brand)
    await vi.waitFor(() => expect(arrived()).toBe(true), { timeout: 20_000, interval: 50 })
    await page.close()
    expect(hub.streams.size).toBe(1)
    const [{ settled } = { settled: new Set<number>() }] = hub.streams.values()
    expect(settled.size).toBe(Math.max(...settled))
    return hub.of('Product Viewed').map(({ n }) => n)
  }
  const first = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

  it('brings all of 1,000 events from the first task of a page that is closed at once', async () => {
    const page = await visit()
    await page.evaluate(() => {
      const outbox = openOutbox('closed')
      for (let n = 0; n < 1_000; n++) outbox.append({ kind: 'Product Viewed', body: { n, text: 'x'.repeat(280) } }).catch(() => {})
    })
    await page.close()
    const came = await deliver('closed', () => hub.of('Product Viewed').length >= 1_000)
    expect(came.sort((a, b) => Number(a) - Number(b))).toEqual(first(1_000))
  })

  it('sends from a sandboxed frame too, where there is neither storage nor a lock', async () => {
    const page = await visit()
    await page.setContent(`<iframe sandbox="allow-scripts" src="${served.url}"></iframe>`)
    const frame = await vi.waitUntil(() => page.frames()[1], { timeout: 10_000 })
    await frame.waitForFunction(() => typeof openOutbox === 'function')
    const report = await frame.evaluate(async () => {
      const outbox = openOutbox('framed')
      await outbox.append({ kind: 'Product Viewed', body: { n: 1 } })
      await outbox.append({ kind: 'Product Viewed', body: { n: 2 } })
      return outbox.flush()
    })
    expect([report, hub.of('Product Viewed').map(({ n }) => n)]).toEqual([{ sent: 2, acked: 2, pending: 0, quarantined: 0 }, [1, 2]])
    await page.close()
  })

  it('brings a gapless beginning of a burst in which its tab was killed, and states the rest by number', async () => {
    hub.fault = () => refusal(503, 'unavailable')
    const page = await visit()
    const session = await chromium.context.newCDPSession(page)
    await page.evaluate(async () => {
      const outbox = openOutbox('killed')
      let n = 0
      const some = (): Promise<unknown> =>
        Promise.all(Array.from({ length: 50 }, () => outbox.append({ kind: 'Product Viewed', body: { n: n++, text: 'x'.repeat(280) } })))
      setInterval(() => void some(), 5)
      await some()
    })
    const crashed = new Promise((resolve) => page.once('crash', resolve))
    session.send('Page.crash').catch(() => {})
    await crashed
    await page.close()
    hub.fault = undefined
    const came = await deliver('killed', () => hub.of('Facts Lost').length > 0)
    expect(came).toEqual(first(came.length))
    expect(came.length).toBeGreaterThanOrEqual(50)
    const [stream] = [...hub.streams.values()]
    // the numbers after them up to the statement itself
    expect(hub.of('Facts Lost')).toEqual([{ ranges: [[came.length + 1, (stream?.settled.size as number) - 1]], cause: 'abandoned' }])
  })
})
