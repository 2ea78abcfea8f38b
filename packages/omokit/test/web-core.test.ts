import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { Window } from 'happy-dom'
import { createMemberCodes, createOmokitCore } from 'omokit/web'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { oneHub, type OneHub } from './one-hub'
import type { StreamsReport } from '../../hub/src/reports/streams-report'

let one: OneHub
beforeAll(async () => {
  one = await oneHub()
})
afterAll(() => one.close())
beforeEach(() => {
  vi.stubGlobal('localStorage', new Window().localStorage)
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => one.hub.fetch(new Request(url, init)))
})
afterEach(() => vi.unstubAllGlobals())

const open = () => createOmokitCore({ brand: 'demo', hub: 'http://hub', key: one.publishable, codes: createMemberCodes })
const token = async (member: string): Promise<string> => ((await one.call('POST', '/v1/members/token', { member })).body as { token: string }).token

describe("a page's small preset and the hub", () => {
  it('agree on receipts, links, ends and codes, and the hub finds nothing amiss', async () => {
    const shop = open()
    await shop.consent.grantAll({ text: 'v1' })
    expect(await shop.login({ member: 'm-7', token: await token('m-7') })).toEqual({ ok: true, value: { linked: true } })
    expect(await shop.identity.memberCode()).toMatchObject({ ok: true })
    await shop.track('Product Viewed', { sku: 'cola' })
    expect(await shop.flush()).toMatchObject({ pending: 0, quarantined: 0 })
    await shop.logout()
    await shop.track('Product Viewed', { sku: 'soap' })
    await shop.flush()
    await shop.track('Product Viewed', { sku: 'unsent' })
    await shop.consent.withdraw()
    expect(await shop.flush()).toMatchObject({ pending: 0, quarantined: 0 })
    await shop.stop()
    const { streams, totals } = (await one.call('GET', '/v1/reports/streams')).body as StreamsReport
    const observed = streams.filter(({ lane }) => lane === 'observe')
    // a session, a view, a link and a goodbye before the logout, a session and a view after it
    expect(observed.map(({ head, stored, ended }) => [head, stored, ended]).sort()).toEqual([
      [2, 2, { through: 2, purged: 1 }],
      [4, 4, undefined],
    ])
    // grant, the new visitor's grant, withdrawal, the end of the purged stream
    expect(streams.filter(({ lane }) => lane === 'trade').map(({ head, stored }) => [head, stored])).toEqual([1, 2, 3, 4].map(() => [1, 1]))
    expect(totals).toMatchObject({ duplicates: 0, forks: 0, refused: 0, missing: 0 })
    expect((await one.call('GET', '/v1/reports/findings')).body).toMatchObject({ findings: [] })
  })
})
