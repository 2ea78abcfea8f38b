import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleAndServe, type Chromium, launchChromium, noChromium } from '../../scripts/chromium/launch'
import { programOf, type QuickStartShop, startQuickStartShop } from './quick-start-shop'

describe.skipIf(noChromium)(`the quick starts in Chromium do what they say${noChromium}`, () => {
  let shop: QuickStartShop
  let browser: Chromium

  beforeAll(async () => {
    ;[shop, browser] = await Promise.all([startQuickStartShop(), launchChromium()])
  })

  afterAll(async () => {
    await browser.close()
    await shop.close()
  })

  it('web page: first event, first quote, first coupon', async () => {
    const before = await shop.stored()
    const [pending, pay, applied, rejected, held] = await follow('quick-start-web', { token: await shop.token('m-1001') })
    // receipt, session, view; then the link of the login
    expect([pending, await shop.stored()]).toEqual([0, before + 4])
    expect([pay, applied, rejected]).toEqual([17_600, [], []])
    expect(held).toBeGreaterThan(Date.now())
  })

  it('till page: first event, first receipt, first redemption', async () => {
    const before = await shop.stored()
    await shop.claim('m-1002')
    const [pending, receipt, redeemed] = await follow('quick-start-till', { code: await shop.memberCode('m-1002') })
    // session and shift; then receipt and redemption
    expect([pending, await shop.stored()]).toEqual([0, before + 4])
    expect(receipt).toEqual(['0001-1-1', 17_600, expect.stringMatching(/^[\w-]{43}$/)])
    expect(redeemed).toMatchObject({ coupon: 'WELCOME20', order: 'A-0002', offline: false })
  })

  /** Runs a page of the docs in a page of the browser, from its first block to its last, and gives what it printed. */
  async function follow(name: string, values: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
    const { imports, body } = programOf(name, shop)
    const given = Object.entries(values)
      .map(([key, value]) => `const ${key} = ${JSON.stringify(value)}`)
      .join('\n')
    const file = join(shop.folder, `${name}.ts`)
    const user = name === 'quick-start-web' ? 'shop' : 'till'
    writeFileSync(
      file,
      `${imports}\nconst shown = []\nconst console = { log: (...values) => void shown.push(...values) }\n${given}
async function follow() {\n${body}\nawait ${user}.flush()\nawait ${user}.stop()\nreturn shown\n}\nwindow.followed = follow()\n`,
    )
    const served = await bundleAndServe(file)
    const page = await browser.context.newPage()
    try {
      await page.goto(served.url)
      return (await page.evaluate('window.followed')) as readonly unknown[]
    } finally {
      await page.close()
      await served.close()
    }
  }
})
