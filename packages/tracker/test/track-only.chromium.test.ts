import type { IncomingMessage } from 'node:http'
import type { Fact, FactsRequest } from '@omokit/core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleAndServe, launchChromium, noChromium, type Chromium, type ServedPage } from '../../../scripts/chromium/launch'
import { scenarios } from '../../../scripts/size/scenarios'

/** The very page whose bytes are counted, with the hub where the page comes from. */
const code = (scenarios['size.track-only'] as string).replace("'https://hub'", 'location.origin')

describe.skipIf(noChromium)(`the page that is measured as size.track-only${noChromium}`, () => {
  let chromium: Chromium
  let served: ServedPage
  let answers = true
  let refused = 0
  const facts = new Map<string, Fact>()

  async function take(request: IncomingMessage): Promise<string> {
    let text = ''
    for await (const part of request) text += String(part)
    const batch = JSON.parse(text) as FactsRequest
    for (const fact of batch.facts) facts.set(`${batch.stream}.${fact.seq}`, fact)
    return JSON.stringify({ through: batch.facts[batch.facts.length - 1]?.seq, except: [], server_time: Date.now() })
  }

  beforeAll(async () => {
    served = await bundleAndServe(
      { code },
      {
        answer(request, response) {
          if (!request.url?.startsWith('/v1/')) return false
          if (answers) void take(request).then((answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(answer))
          else {
            refused++
            response.writeHead(503).end()
          }
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

  const visit = async (browser: Chromium): Promise<Page> => {
    const page = await browser.context.newPage()
    await page.goto(served.url)
    return page
  }
  const kinds = (): string[] => Array.from(facts.values(), (fact) => fact.kind).filter((kind) => kind !== 'Facts Lost')
  const until = async (truth: () => boolean): Promise<void> => {
    for (let i = 0; i < 200 && !truth(); i++) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(truth()).toBe(true)
  }

  it('sends its event to the hub', async () => {
    const page = await visit(chromium)
    await until(() => kinds().length > 1)
    expect(kinds().sort()).toEqual(['Product Viewed', 'Session Started'])
    expect(Array.from(facts.values(), ({ body }) => body).find((body) => body['sku'])).toMatchObject({ sku: 'A', session: expect.any(String) as string })
    await page.close()
  })

  it('brings what the hub did not take after the whole browser was killed and opened again', async () => {
    const own = await launchChromium()
    try {
      answers = false
      facts.clear()
      await visit(own)
      await until(() => refused > 0)
      await own.kill()
      expect(kinds()).toEqual([])
      answers = true
      const again = await launchChromium({ profile: own.profile })
      await visit(again)
      await until(() => kinds().length > 2)
      await again.close()
      // both events of two pages, in one session
      expect(kinds().sort()).toEqual(['Product Viewed', 'Product Viewed', 'Session Started'])
      expect(new Set(Array.from(facts.values(), ({ body }) => body['session']).filter(Boolean)).size).toBe(1)
    } finally {
      answers = true
    }
  })
})
