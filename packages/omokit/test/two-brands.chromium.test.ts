import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleAndServe, launchChromium, noChromium, type Chromium, type ServedPage } from '../../../scripts/chromium/launch'
import { judgeAgain, judgeHub, judgeKept, judgeLive } from './two-brands/judge'
import { twoBrandHub, type TwoBrandHub } from './two-brands/two-brand-hub'

describe.skipIf(noChromium)(`two brands on one page${noChromium}`, () => {
  let chromium: Chromium
  let served: ServedPage
  let two: TwoBrandHub
  beforeAll(async () => {
    two = await twoBrandHub()
    served = await bundleAndServe(fileURLToPath(new URL('two-brands/page.ts', import.meta.url)), {
      answer(request, response) {
        if (!request.url?.startsWith('/v1/')) return false
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('end', () => {
          void two.hub.fetch(requestOf(request, Buffer.concat(chunks))).then((answer) => pass(answer, response))
        })
        return true
      },
    })
    chromium = await launchChromium()
  }, 120_000)
  afterAll(async () => {
    await chromium?.close()
    await served?.close()
    await two?.close()
  })

  const visit = async (): Promise<Page> => {
    const page = await chromium.context.newPage()
    await page.goto(served.url)
    return page
  }

  it('never meet: storage, streams, members, releases, locks, commands; nor when one goes, nor after a restart', async () => {
    const page = await visit()
    const live = await page.evaluate((seats) => window.live(seats), two.seats)
    judgeLive(live)
    judgeKept(await page.evaluate(() => window.entries()), live)
    await page.close()
    await two.publish('north-brand', 1500)
    const next = await visit()
    judgeAgain(live, await next.evaluate((seats) => window.again(seats), two.seats))
    judgeKept(await next.evaluate(() => window.entries()), live)
    await judgeHub(two, live)
    expect(await next.evaluate(() => document.cookie)).toBe('')
    await next.close()
  }, 120_000)
})

const carried = ['authorization', 'content-type', 'accept', 'if-none-match', 'last-event-id', 'omokit-member']

/** The page's request as the hub takes it, without what belongs to the connection. */
function requestOf({ url, method = 'GET', headers }: IncomingMessage, body: Buffer): Request {
  const kept = carried.flatMap((name): [string, string][] => (headers[name] ? [[name, String(headers[name])]] : []))
  return new Request(`http://hub${url}`, { method, headers: kept, body: body.length ? body.toString('utf8') : null })
}

/** An answer of the hub, piece by piece: releases are told as events. */
async function pass(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  const reader = answer.body?.getReader()
  response.on('close', () => void reader?.cancel())
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) response.write(part.value)
  response.end()
}
