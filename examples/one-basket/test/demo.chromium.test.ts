import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Chromium, launchChromium, noChromium } from '../../../scripts/chromium/launch'
import { type Demo, startDemo } from '../src/start-demo'

describe.skipIf(noChromium)(`one basket, four channels in Chromium${noChromium}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'omokit-one-basket-'))
  const faults: unknown[] = []
  const requests: Request[] = []
  let demo: Demo
  let chromium: Chromium
  let page: Page

  beforeAll(async () => {
    demo = await startDemo({ dir, onFault: (error) => faults.push(error) })
    chromium = await launchChromium()
    page = await chromium.context.newPage()
    page.on('request', (request) => requests.push(request))
    page.on('pageerror', (error) => faults.push(error))
    await page.goto(demo.url)
  }, 120_000)
  afterAll(async () => {
    await chromium?.close()
    await demo?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const text = async (selector: string): Promise<string> => (await page.textContent(selector)) ?? ''
  const totals = (): Promise<(string | null)[]> => page.$$eval('.channel .sum b', (found) => found.map((element) => element.textContent))
  const total = (channel: string): Promise<string> => text(`[data-channel=${channel}] .sum b`)
  const verdict = (kind: 'equal' | 'differs', words = ''): Promise<unknown> =>
    page.waitForFunction(([wanted, part]) => document.querySelector(`.verdict.${wanted}`)?.textContent?.includes(part), [kind, words] as const, {
      timeout: 15_000,
    })
  const timeline = (words: string): Promise<unknown> =>
    page.waitForFunction((part) => document.querySelector('#events')?.textContent?.includes(part), words, { timeout: 15_000 })
  const refusal = async (code: string): Promise<string> => {
    await page.waitForFunction((part) => document.querySelector('#refused')?.textContent?.includes(part), code, { timeout: 15_000 })
    return text('#refused')
  }

  it('shows four equal totals before any choice, and stores and sends nothing of the shopper', async () => {
    await verdict('equal', '签名发布 1')
    expect(await totals()).toEqual(['¥392.40', '¥392.40', '¥392.40', '¥392.40'])
    const seals = await page.$$eval('.channel .foot code', (found) => found.map((element) => element.textContent))
    expect(new Set(seals).size).toBe(1)
    expect(seals[0]).toMatch(/^[\w-]{8}$/)
    await page.waitForTimeout(2500)
    expect(await page.evaluate(async () => [Object.keys(localStorage), Object.keys(sessionStorage), await indexedDB.databases(), document.cookie])).toEqual([
      [],
      [],
      [],
      '',
    ])
    expect(await page.isVisible('#consent')).toBe(true)
    const told = requests.map((request) => `${request.method()} ${new URL(request.url()).pathname}`)
    expect(told.filter((line) => !/^(GET|POST \/demo\/quote)/.test(line) || /facts|commands|members/.test(line))).toEqual([])
    for (const request of requests) {
      expect(request.url().startsWith(demo.url) || request.url().startsWith('data:')).toBe(true)
      expect(`${request.postData() ?? ''}${JSON.stringify(request.headers())}`).not.toMatch(/anon|visitor|omokit-member|cookie/i)
    }
  })

  it('refuses a claim without a login in words, then lets the member claim; every total falls by the same', async () => {
    await page.click('#coupon-action')
    expect(await refusal('unauthorised')).toContain('请先选一位会员登录')
    await page.click('#grant')
    await page.click('[data-key=m-1002]')
    await timeline('扫会员码：周屿，银卡')
    await page.click('#coupon-action')
    await page.waitForSelector('.ticket.claimed')
    await verdict('equal', '¥372.40')
    expect(new Set(await totals())).toEqual(new Set(['¥372.40']))
  })

  it('keeps quoting when the cable is out, and names the difference after a price change', async () => {
    await page.click('.switch')
    await timeline('断网前取得礼券的离线租约')
    await verdict('equal', '¥372.40')
    await page.click('#reprice')
    // the mini-program polls: for a moment it differs as well
    await page.waitForSelector('.mini:not(.odd) + .till.odd')
    await verdict('differs', '收银台仍在发布 1（离线），其余为发布 2：差 ¥10.00')
    expect([await total('web'), await total('mini'), await total('till'), await total('server')]).toEqual(['¥362.40', '¥362.40', '¥372.40', '¥362.40'])
  })

  it('redeems the coupon and prints a sealed receipt without the hub; the web is refused', async () => {
    // a till is given a second to hear of a release before its receipts count as made with a stale one
    await page.waitForTimeout(1200)
    await page.click('#coupon-action')
    await page.waitForSelector('#slip')
    expect(await text('#slip')).toMatch(/0001-1-1.*WELCOME20.*¥372\.40.*封签 [\w-]{43}.*离线开单.*待送中枢/)
    await page.click('#coupon-action')
    expect(await refusal('already-held')).toContain('已被另一笔订单锁定')
  })

  it('delivers the journal after the cable is back: facts arrive, totals are equal, the coupon stays used', async () => {
    await page.click('.switch')
    await verdict('equal', '签名发布 2')
    await timeline('条事实送达')
    await page.waitForFunction(() => /待送 0中枢已收 2缺号 0/.test(document.querySelector('[data-account=till]')?.textContent ?? ''), undefined, {
      timeout: 15_000,
    })
    await timeline('stale-release')
    await page.click('#coupon-action')
    expect(await refusal('already-redeemed')).toContain('已核销，不能再次使用')
    expect(new Set(await totals())).toEqual(new Set(['¥382.40']))
  })

  it('speaks English at a click, and remembers choice, member and used coupon after a reload', async () => {
    await page.click('#language')
    expect([await text('#verdict-title'), await page.getAttribute('html', 'lang')]).toEqual(['Four channels, one price', 'en'])
    await page.reload()
    await page.waitForSelector('.ticket.redeemed')
    await verdict('equal', '¥382.40')
    expect([await page.isVisible('#consent'), await page.getAttribute('[data-key=m-1002]', 'aria-pressed')]).toEqual([false, 'true'])
    expect(faults).toEqual([])
  })

  it('keeps its own endpoints from other sites, other hosts and bodies it does not take', async () => {
    const ask = async (path: string, init: RequestInit): Promise<number> =>
      (await fetch(`${demo.url}/demo/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, ...init })).status
    expect(await ask('login', { body: '{"member":"m-9999"}' })).toBe(404)
    expect(await ask('login', { body: '{"member":"m-1001"}', headers: { 'content-type': 'text/plain' } })).toBe(400)
    expect(await ask('login', { body: '{"member":"m-1001"}', headers: { 'content-type': 'application/json', origin: 'https://elsewhere.example' } })).toBe(403)
    expect(await ask('reprice', { body: '{"sku":"TEA001","price":-1}' })).toBe(400)
    expect(await ask('quote', { body: `{"lines":"${'x'.repeat(70_000)}"}` })).toBe(413)
    expect(await ask('quote', { body: '[]' })).toBe(400)
    const answer = await fetch(`${demo.url}/demo/quote`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"currency":"CNY","channel":"server","lines":[],"age":41}',
    })
    expect(await answer.json()).toMatchObject({ issues: [{ code: 'invalid' }] })
  })
})
