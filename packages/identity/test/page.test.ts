import 'fake-indexeddb/auto'
import type { OutboxLimits } from '@omokit/core/outbox'
import { createIdentity, type Identity } from '@omokit/identity'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openBrowser, shopper, viewed, type Browser } from '../../core/test/page-browser'

let browser: Browser
beforeEach(() => void (browser = openBrowser()))
afterEach(() => vi.unstubAllGlobals())

const open = (limits?: OutboxLimits, start?: boolean) => browser.open(shopper, limits, start)

describe("consent and member on a page's outbox", () => {
  const known = (page: ReturnType<typeof open>): Identity => createIdentity({ ...page, hub: 'https://hub.example', key: 'pk_test_demo_x' })

  it('touch nothing before a choice', async () => {
    const page = open({}, false)
    const identity = known(page)
    await identity.ready()
    expect([await indexedDB.databases(), browser.keys(''), browser.hub.requests.length, identity.may('analytics')]).toEqual([[], [], 0, undefined])
  })

  it('leave one receipt after a grant, and after a withdrawal one more without any name, and the end of the stream', async () => {
    const page = open()
    const identity = known(page)
    await identity.consent.grant(['analytics'], { text: 'v1' })
    const { anonId } = identity.ids()
    await page.outbox.append(viewed(1))
    await page.outbox.flush()
    browser.offline()
    await page.outbox.append(viewed(2))
    await identity.consent.withdraw()
    browser.online()
    await browser.clock.advance(600_000)
    await page.outbox.flush()
    const [granted, withdrawn, ...more] = browser.hub.of('Consent Recorded')
    expect([granted?.['anonId'], withdrawn?.['granted'], JSON.stringify(withdrawn).includes(anonId as string), more]).toEqual([anonId, false, false, []])
    expect([browser.numbers(), browser.hub.of('Stream Ended')]).toEqual([[1], [{ stream: expect.any(String) as string, through: 1, purged: 1 }]])
    const asked = browser.hub.requests.length
    await browser.clock.advance(600_000)
    await page.outbox.flush()
    expect([browser.hub.requests.length, await page.ports.names('')]).toEqual([asked, ['identity']])
  })

  it('make no second receipt of one whose page died right after storing it', async () => {
    browser.offline()
    const first = open()
    const identity = known(first)
    await identity.ready()
    // the page dies between the receipt and the note that it was made
    const set = first.ports.kv.set.bind(first.ports.kv)
    let writes = 0
    Object.assign(first.ports.kv, { set: (key: string, value: string) => (++writes > 1 ? new Promise<void>(() => {}) : set(key, value)) })
    void identity.consent.grant(['analytics'])
    await vi.waitFor(async () => expect(await first.outbox.readTrade()).toHaveLength(1))
    first.die()
    browser.online()
    const second = open({}, false)
    const again = known(second)
    await again.ready()
    await vi.waitFor(async () => expect(await second.ports.kv.get('identity')).not.toContain('due'))
    await second.outbox.flush()
    expect(browser.hub.of('Consent Recorded')).toHaveLength(1)
    expect(again.may('analytics')).toBe(true)
  })

  it('wait for one another across tabs', async () => {
    const [first, second] = [known(open()), known(open())]
    await Promise.all([first.consent.grant(['analytics']), second.consent.grant(['identity'])])
    await Promise.all([first.logout(), second.logout()])
    expect(new Set([...first.granted(), ...second.granted()])).toEqual(new Set(['analytics', 'identity']))
  })
})
