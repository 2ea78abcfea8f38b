import type { IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Fact, FactsRequest } from '@omokit/core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleAndServe, launchChromium, noChromium, type Chromium, type ServedPage } from '../../../scripts/chromium/launch'

const nothing = JSON.stringify([{}, {}, '', []])

describe.skipIf(noChromium)(`omokit/web in Chromium${noChromium}`, () => {
  let chromium: Chromium
  let served: ServedPage
  let facts: Fact[] = []
  let requests = 0
  const heard = new Set<string>()

  async function take(request: IncomingMessage): Promise<string> {
    let text = ''
    for await (const part of request) text += String(part)
    const batch = JSON.parse(text) as FactsRequest
    for (const fact of batch.facts) {
      // last words of a closing page come again from the next one: the hub tells them by number
      const id = `${batch.stream}.${fact.seq}`
      if (!heard.has(id) && fact.kind !== 'Facts Lost') facts.push(fact)
      heard.add(id)
    }
    return JSON.stringify({ through: batch.facts[batch.facts.length - 1]?.seq, except: [], server_time: Date.now() })
  }

  beforeAll(async () => {
    served = await bundleAndServe(fileURLToPath(new URL('web-page.ts', import.meta.url)), {
      answer(request, response) {
        if (!request.url?.startsWith('/v1/')) return false
        requests++
        void take(request).then((answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(answer))
        return true
      },
    })
    chromium = await launchChromium()
  })
  afterAll(async () => {
    await chromium?.close()
    await served?.close()
  })

  const visit = async (): Promise<Page> => {
    const page = await chromium.context.newPage()
    await page.goto(served.url)
    return page
  }
  const kept = (page: Page): Promise<string> => page.evaluate(() => window.kept())

  it('keeps and sends nothing before a choice, then what was agreed to, and no id after it was taken back', async () => {
    const first = await visit()
    await first.evaluate(async () => {
      await window.shop.start()
      void window.shop.track('Product Viewed', { sku: 'cola' })
      await window.shop.login({ member: 'member-1', token: 'token-1' })
      await window.shop.logout()
      await window.shop.flush()
      await new Promise((resolve) => setTimeout(resolve, 1500))
    })
    expect([await kept(first), requests]).toEqual([nothing, 0])

    await first.evaluate(async () => {
      await window.shop.consent.grantAll()
      await window.shop.track('Product Viewed', { sku: 'cola', price: 350, currency: 'CNY' })
    })
    await first.close()

    const second = await visit()
    const anonId = await second.evaluate(async () => {
      await window.shop.start()
      await window.shop.track('Product Added', { sku: 'cola', quantity: 1 })
      await window.shop.flush()
      return window.shop.identity.ids().anonId as string
    })
    expect(facts.map((fact) => fact.kind).sort()).toEqual(['Consent Recorded', 'Product Added', 'Product Viewed', 'Session Started'])
    expect(new Set(facts.map((fact) => fact.body['anonId']))).toEqual(new Set([anonId]))
    expect(await kept(second)).toContain(anonId)

    facts = []
    const report = await second.evaluate(async () => {
      await window.shop.track('Product Added', { sku: 'unsent', quantity: 1 })
      await window.shop.consent.withdraw()
      await window.shop.flush()
      return window.shop.flush()
    })
    expect(report.pending).toBe(0)
    expect(facts.filter((fact) => fact.kind === 'Consent Recorded').map((fact) => fact.body['granted'])).toEqual([false])
    expect(JSON.stringify(facts)).not.toContain('unsent')
    for (const id of [anonId, 'unsent', 'Session']) expect(await kept(second)).not.toContain(id)
    const sent = requests
    const storedThen = await kept(second)
    await second.evaluate(async () => {
      void window.shop.track('Product Viewed', { sku: 'cola' })
      await window.shop.flush()
      await new Promise((resolve) => setTimeout(resolve, 1500))
    })
    expect([requests, await kept(second)]).toEqual([sent, storedThen])
    await second.close()
  })

  it('knows the member until logout, which ends the streams of every tab', async () => {
    facts = []
    const [one, two] = [await visit(), await visit()]
    const see = (page: Page, sku: string): Promise<string> =>
      page.evaluate(async (viewed) => {
        await window.shop.start()
        const ref = await window.shop.track('Product Viewed', { sku: viewed })
        await window.shop.flush()
        return ref?.stream as string
      }, sku)
    await one.evaluate(async () => {
      await window.shop.consent.grantAll()
      await window.shop.login({ member: 'member-2', token: 'token-2' })
    })
    const before = [await see(one, 'a'), await see(two, 'b')]
    await one.evaluate(() => window.shop.logout())
    await two.evaluate(() => window.shop.flush())
    const after = [await see(one, 'c'), await see(two, 'd')]
    expect(new Set([...before, ...after]).size).toBe(4)
    const idsOf = (sku: string): unknown[] => facts.filter(({ body }) => body['sku'] === sku).map(({ body }) => [body['anonId'], body['userId']])
    const [[visitor, member] = []] = idsOf('a') as [unknown, unknown][]
    expect([member, idsOf('b')]).toEqual(['member-2', [[visitor, 'member-2']]])
    const [[next, nobody] = []] = idsOf('c') as [unknown, unknown][]
    expect([nobody, next === visitor]).toEqual([undefined, false])
    expect(facts.filter(({ kind }) => kind === 'Identity Linked').map(({ body }) => [body['userId'], body['proof']])).toEqual([['member-2', 'token-2']])
    expect(facts.filter(({ kind }) => kind === 'Visitor Left')).toHaveLength(1)
    expect(await one.evaluate(() => window.shop.identity.memberCode())).toMatchObject({ ok: false, issues: [{ code: 'not-found', need: 'createMemberCodes' }] })
    await Promise.all([one.close(), two.close()])
  })
})
