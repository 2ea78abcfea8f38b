import { contracts } from '@omokit/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, noChromium, type Chromium } from '../../scripts/chromium/launch'
import { isWhole } from '../../scripts/device-check/check/report-text'
import { buildProjects } from '../../scripts/device-check/projects'
import { serveDeviceCheck } from '../../scripts/device-check/serve'

describe.skipIf(noChromium)(`the web page of the device check${noChromium}`, () => {
  let chromium: Chromium
  let served: Awaited<ReturnType<typeof serveDeviceCheck>>
  beforeAll(async () => {
    await buildProjects()
    served = await serveDeviceCheck(0, '127.0.0.1')
    chromium = await launchChromium()
  }, 120_000)
  afterAll(async () => {
    await chromium?.close()
    await served?.close()
  })

  it('passes everything, gives a whole result to paste, and fits a phone', async () => {
    const page = await chromium.context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(served.url)
    expect(await page.inputValue('#address')).toBe(`${served.url}/contract`)
    await page.click('#start')
    await page.waitForSelector('[data-phase=passed], [data-phase=failed]', { timeout: 150_000 })
    expect(await page.locator('li p').allTextContents()).toEqual([])
    const text = (await page.textContent('#text')) ?? ''
    // a page cannot fill the disk
    expect(text).toContain(`RESULT   PASS ${Object.values(contracts).flat().length - 1} passed, 0 failed, 2 not possible here, 0 suites skipped`)
    expect(isWhole(text)).toBe(true)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await page.click('#language')
    expect(await page.textContent('h1')).toMatch(/omokit (device check|真机检查)/)
    expect(faults).toEqual([])
    await page.close()
  }, 180_000)
})
