import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundleAndServe, launchChromium, noChromium } from '../../../scripts/chromium/launch'
import type { Chromium, ServedPage } from '../../../scripts/chromium/launch'
import { answerContract } from './contract-server'

describe.skipIf(noChromium)(`web ports in Chromium${noChromium}`, () => {
  let chromium: Chromium
  let served: ServedPage

  beforeAll(async () => {
    served = await bundleAndServe(fileURLToPath(new URL('web-page.ts', import.meta.url)), {
      answer(request, response) {
        const path = request.url ?? ''
        if (!path.startsWith('/contract/')) return false
        void answerContract(request, response, path.slice('/contract'.length))
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
  const survivors = async (brand: string): Promise<number[]> => {
    const page = await visit()
    const found = await page.evaluate((name) => window.survivors(name), brand)
    await page.close()
    return found
  }
  const prefix = (length: number): number[] => Array.from({ length }, (_, i) => i + 1)

  it('keep every contract', async () => {
    const page = await visit()
    const broken: string[] = []
    const names = await page.evaluate(() => window.contractNames())
    expect(names.length).toBeGreaterThan(40)
    for (const name of names) {
      const reason = await page.evaluate((each) => window.runContract(each), name)
      if (reason) broken.push(`${name}: ${reason}`)
    }
    await page.close()
    expect(broken).toEqual([])
  })

  it('refuse as quota when the origin is full, and go on when there is room', async () => {
    for (const port of ['kv', 'log']) {
      const own = await launchChromium()
      const page = await own.context.newPage()
      await page.goto(served.url)
      const session = await own.context.newCDPSession(page)
      await page.exposeFunction('setQuota', async (bytes: number | null) => {
        await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(served.url).origin, ...(bytes !== null && { quotaSize: bytes }) })
      })
      const [name = ''] = (await page.evaluate(() => window.contractNames())).filter((each) => each.startsWith(`${port}: a full store`))
      const reason = await page.evaluate((each) => window.runContract(each, 3_000_000), name)
      await own.close()
      expect([name !== '', reason]).toEqual([true, ''])
    }
  })

  it('lose nothing of 1,000 appended in one task when the page is closed at once', async () => {
    for (const brand of ['close 1', 'close 2', 'close 3']) {
      const page = await visit()
      await page.evaluate((name) => void window.burst(name, 1_000, false), brand)
      await page.close()
      expect(await survivors(brand)).toEqual(prefix(1_000))
    }
  })

  it('lose nothing of 1,000 appended in the first task of a page that is closed at once', async () => {
    for (const brand of ['first 1', 'first 2', 'first 3']) {
      const page = await visit()
      await page.evaluate((name) => window.firstTask(name, 1_000), brand)
      await page.close()
      const again = await visit()
      expect(await again.evaluate((name) => window.found(name), brand)).toEqual([prefix(1_000)])
      await again.close()
    }
  })

  it('lose nothing of 1,000 when the page is left at once', async () => {
    const page = await visit()
    await page.evaluate(() => {
      void window.burst('leave', 1_000, false)
      location.href = '/elsewhere'
    })
    await page.waitForURL('**/elsewhere')
    expect(await survivors('leave')).toEqual(prefix(1_000))
    await page.close()
  })

  it('leave a gapless prefix when the renderer is killed right after the burst', async () => {
    for (const brand of ['kill 1', 'kill 2', 'kill 3']) {
      const page = await visit()
      const session = await chromium.context.newCDPSession(page)
      await page.evaluate((name) => void window.burst(name, 1_000, false), brand)
      const crashed = new Promise((resolve) => page.once('crash', resolve))
      session.send('Page.crash').catch(() => {})
      await crashed
      await page.close()
      const left = await survivors(brand)
      expect(left).toEqual(prefix(left.length))
      expect(left.length).toBeGreaterThan(0)
    }
  })

  it('keep what was stored when the whole browser is killed', async () => {
    const own = await launchChromium()
    const page = await own.context.newPage()
    await page.goto(served.url)
    await page.evaluate(() => window.burst('browser', 1_000, true))
    await own.kill()
    const again = await launchChromium({ profile: own.profile })
    try {
      const next = await again.context.newPage()
      await next.goto(served.url)
      expect(await next.evaluate(() => window.survivors('browser'))).toEqual(prefix(1_000))
    } finally {
      await again.close()
    }
  })

  it('empty the journal once the facts are stored', async () => {
    const page = await visit()
    await page.evaluate(() => window.burst('sweep', 300, true))
    await page.waitForFunction(() => window.journalled('sweep') === 0)
    await page.close()
  })

  it('open again when the database is deleted under them', async () => {
    const page = await visit()
    const seen = await page.evaluate(async () => {
      const ports = window.createWebPorts({ brand: 'deleted' })
      const log = ports.log.open('s')
      await log.append(1, ['a'])
      const [{ name = '' } = {}] = (await indexedDB.databases()).filter((each) => each.name?.includes('deleted'))
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name)
        request.onsuccess = resolve
        request.onerror = request.onblocked = reject
      })
      await log.append(2, ['b'])
      await ports.kv.set('k', 'v')
      return { records: await log.read(1, 9, 99), value: await ports.kv.get('k') }
    })
    expect(seen).toEqual({ records: [{ seq: 2, text: 'b' }], value: 'v' })
    await page.close()
  })

  it('lock within a sandboxed frame, which may not ask the browser', async () => {
    const page = await visit()
    await page.setContent(`<iframe sandbox="allow-scripts" src="${served.url}"></iframe>`)
    const frame = await vi.waitUntil(() => page.frames()[1], { timeout: 10_000 })
    await frame.waitForFunction(() => typeof window.createWebPorts === 'function')
    const seen = await frame.evaluate(async () => {
      const { locks } = window.createWebPorts({ brand: 'framed' })
      return locks.hold('l', async () => [await locks.ifFree('l', async () => 'twice'), await locks.ifFree('other', async () => 'free')])
    })
    expect(seen).toEqual([undefined, 'free'])
    await page.close()
  })

  it('give up their locks when the page is left for the back/forward cache or frozen', async () => {
    const [one, two] = [await visit(), await visit()]
    await one.evaluate(() => {
      void window.createWebPorts({ brand: 'frozen' }).locks.hold('l', (lost) => {
        Object.assign(window, { state: 'holding' })
        return new Promise(() => setInterval(() => lost() && Object.assign(window, { state: 'lost' }), 10))
      })
    })
    await one.waitForFunction(() => (window as unknown as { state?: string }).state === 'holding')
    const ask = (page: Page) => page.evaluate(async () => (await window.createWebPorts({ brand: 'frozen' }).locks.ifFree('l', async () => 'free')) ?? 'taken')
    expect(await ask(two)).toBe('taken')
    await one.evaluate(() => void document.dispatchEvent(new Event('freeze')))
    await two.waitForFunction(async () => (await window.createWebPorts({ brand: 'frozen' }).locks.ifFree('l', async () => 'free')) === 'free')
    await one.waitForFunction(() => (window as unknown as { state: string }).state === 'lost')
    await one.close()
    await two.close()
  })
})
