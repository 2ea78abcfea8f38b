import { createMemoryDevice } from '@omokit/core/memory'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPage, start, type Page } from './desk'

const text = (page: Page): string => JSON.stringify(page.drafts)
const stored = (page: Page): string => JSON.stringify(Array.from(page.device.kv))

describe('before a choice', () => {
  it('writes nothing, sends nothing and knows nobody', async () => {
    const page = openPage()
    await page.identity.ready()
    expect(page.identity.consent.state()).toBe('unset')
    expect(page.identity.may('analytics')).toBeUndefined()
    expect(page.identity.may('necessary')).toBe(true)
    expect(page.identity.ids()).toEqual({})
    await page.identity.login({ member: 'm1', token: 't1' })
    await page.identity.logout()
    await page.identity.consent.withdraw()
    expect([page.device.kv.size, page.steps, page.requests]).toEqual([0, [], []])
  })
})

describe('granting', () => {
  it('makes a visitor and one receipt that names it', async () => {
    const page = openPage()
    expect(await page.identity.consent.grant(['analytics'], { text: 'v3' })).toEqual({ ok: true, value: ['analytics'] })
    const { anonId } = page.identity.ids()
    expect(anonId).toMatch(/^[\w-]{21}$/)
    expect(page.drafts).toEqual([
      { kind: 'Consent Recorded', body: { type: 'consent', granted: true, purposes: ['analytics'], decided: start, text: 'v3', anonId } },
    ])
    expect(page.identity.may('analytics')).toBe(true)
    expect(page.identity.may('marketing')).toBe(false)
  })

  it('keeps the visitor for the next page', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    const next = openPage(page.device)
    await next.identity.ready()
    expect(next.identity.ids()).toEqual(page.identity.ids())
    expect(next.identity.granted()).toEqual(['necessary', 'analytics', 'identity', 'marketing'])
  })

  it('"accept all" never grants what needs a separate consent; named, each has a receipt of its own', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    for (const purpose of ['profiling-price', 'third-party', 'cross-border']) expect(page.identity.may(purpose)).toBe(false)
    await page.identity.consent.grant(['third-party', 'cross-border'])
    expect(page.drafts.slice(1).map((draft) => draft.body['purposes'])).toEqual([['third-party'], ['cross-border']])
    expect(page.identity.may('third-party')).toBe(true)
  })

  it('refuses an unknown purpose and denies it', async () => {
    const page = openPage()
    expect(await page.identity.consent.grant(['tracking' as never])).toEqual({ ok: false, issues: [{ code: 'invalid', path: 'purposes', have: 'tracking' }] })
    await page.identity.consent.grantAll()
    expect(page.identity.may('tracking')).toBe(false)
    expect(page.identity.may('__proto__')).toBe(false)
  })

  it('needs no second receipt for the same choice', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    await page.identity.consent.grantAll()
    expect(page.steps).toEqual(['Consent Recorded'])
  })
})

describe('denying', () => {
  it('leaves one receipt without any id, then nothing, also on later pages', async () => {
    const page = openPage()
    await page.identity.consent.deny({ text: 'v3' })
    expect(page.drafts).toEqual([
      {
        kind: 'Consent Recorded',
        body: {
          type: 'consent',
          granted: false,
          purposes: ['analytics', 'identity', 'marketing', 'profiling-price', 'third-party', 'cross-border'],
          decided: start,
          text: 'v3',
        },
      },
    ])
    const before = stored(page)
    await page.identity.consent.deny()
    await page.identity.login({ member: 'm1', token: 't1' })
    const next = openPage(page.device)
    await next.identity.ready()
    expect(next.identity.may('analytics')).toBe(false)
    expect([page.steps, next.steps, page.requests, stored(page)]).toEqual([['Consent Recorded'], [], [], before])
  })
})

describe('withdrawing', () => {
  it('stops at once, purges what was not sent, and leaves one receipt without an earlier id', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    await page.identity.login({ member: 'm1', token: 't1' })
    const { anonId } = page.identity.ids()
    const drafts = page.drafts.length
    const done = page.identity.consent.withdraw()
    expect(page.identity.may('analytics')).toBe(false)
    expect(page.identity.ids()).toEqual({})
    await done
    expect(page.steps.slice(drafts)).toEqual(['purge', 'Consent Recorded'])
    expect(page.drafts.slice(drafts)).toHaveLength(1)
    for (const id of [anonId as string, 'm1', 't1']) {
      expect(JSON.stringify(page.drafts[drafts])).not.toContain(id)
      expect(stored(page)).not.toContain(id)
    }
  })

  it('of one purpose keeps the others, under a new visitor id', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    const before = page.identity.ids().anonId
    await page.identity.consent.withdraw(['identity'])
    expect(page.identity.may('analytics')).toBe(true)
    expect(page.identity.may('identity')).toBe(false)
    expect(page.identity.ids().anonId).not.toBe(before)
    expect(page.drafts.slice(1).map((draft) => [draft.body['granted'], draft.body['purposes']])).toEqual([
      [false, ['identity']],
      [true, ['necessary', 'analytics', 'marketing']],
    ])
  })

  it('is seen by another tab of the device when it comes to the front', async () => {
    const device = createMemoryDevice()
    const [one, two] = [openPage(device), openPage(device)]
    await one.identity.consent.grantAll()
    await two.identity.ready()
    expect(two.identity.may('analytics')).toBe(true)
    await one.identity.consent.withdraw()
    two.ports.host.show()
    await new Promise((resolve) => setTimeout(resolve))
    expect(two.identity.may('analytics')).toBe(false)
    expect(two.identity.ids()).toEqual({})
  })

  it('records the receipt at the next start when the outbox was full, once', async () => {
    const page = openPage()
    page.failAppend = true
    await page.identity.consent.deny()
    expect(page.issues).toEqual([{ code: 'quota', path: 'consent' }])
    const next = openPage(page.device)
    await next.identity.ready()
    await next.identity.consent.deny()
    expect(next.steps).toEqual(['Consent Recorded'])
    const crashed = openPage(createMemoryDevice())
    crashed.failAppend = true
    await crashed.identity.consent.deny()
    const third = openPage(crashed.device)
    third.journal = [
      {
        kind: 'Consent Recorded',
        body: {
          type: 'consent',
          granted: false,
          purposes: ['analytics', 'identity', 'marketing', 'profiling-price', 'third-party', 'cross-border'],
          decided: start,
        },
      },
    ]
    await third.identity.ready()
    await third.identity.consent.deny()
    expect(third.steps).toEqual([])
  })
})

describe('login and logout', () => {
  it('links the visitor once, with the proof of the brand', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    const { anonId } = page.identity.ids()
    expect(await page.identity.login({ member: 'm1', token: 't1' })).toEqual({ ok: true, value: { linked: true } })
    await page.identity.login({ member: 'm1', token: 't2' })
    expect(page.drafts.slice(1)).toEqual([
      {
        kind: 'Identity Linked',
        body: { type: 'identify', anonId, userId: 'm1', proof: 't1' },
        consent: ['necessary', 'analytics', 'identity', 'marketing'],
      },
    ])
    expect(page.identity.ids()).toEqual({ anonId, userId: 'm1' })
    expect(page.identity.memberToken()).toBe('t2')
  })

  it('serves a member who agreed to nothing, and joins nothing', async () => {
    const page = openPage()
    await page.identity.consent.grant(['analytics'])
    expect(await page.identity.login({ member: 'm1', token: 't1' })).toEqual({ ok: true, value: { linked: false } })
    expect(page.identity.ids().userId).toBeUndefined()
    expect(page.identity.memberToken()).toBe('t1')
    expect(text(page)).not.toContain('m1')
    await page.identity.consent.grant(['identity'])
    expect(page.steps).toEqual(['Consent Recorded', 'Consent Recorded', 'Identity Linked'])
  })

  it('refuses what programs write when they have no id', async () => {
    const page = openPage()
    for (const member of ['null', ' undefined ', '0000-0000', '', 'GUEST', '[object Object]', 'not set']) {
      expect(await page.identity.login({ member, token: 't' })).toMatchObject({ ok: false, issues: [{ code: 'blocked-value' }] })
    }
  })

  it('logout rotates stream and visitor, and the next login links the new one', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    await page.identity.login({ member: 'm1', token: 't1' })
    const before = page.identity.ids().anonId
    await page.identity.logout()
    const after = page.identity.ids()
    expect(after.anonId).toBeDefined()
    expect(after.anonId).not.toBe(before)
    expect(after.userId).toBeUndefined()
    expect(page.steps.slice(2)).toEqual(['Visitor Left', 'rotate', 'Consent Recorded'])
    expect(page.drafts[2]?.body).toEqual({ type: 'logout', anonId: before, userId: 'm1' })
    expect(stored(page)).not.toContain('t1')
  })

  it('another member on the same device never meets the visitor id of the one before', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    await page.identity.login({ member: 'm1', token: 't1' })
    const first = page.identity.ids().anonId
    await page.identity.login({ member: 'm2', token: 't2' })
    expect(page.steps.slice(1)).toEqual(['Identity Linked', 'Visitor Left', 'rotate', 'Consent Recorded', 'Identity Linked'])
    expect(page.drafts[page.drafts.length - 1]?.body).toMatchObject({ userId: 'm2', anonId: page.identity.ids().anonId })
    expect(page.identity.ids().anonId).not.toBe(first)
  })

  it('a shared device never links, and its consent ends with the visit', async () => {
    const page = openPage(undefined, { shared: true })
    await page.identity.consent.grantAll()
    expect(await page.identity.login({ member: 'm1', token: 't1' })).toEqual({ ok: true, value: { linked: false } })
    expect(page.identity.ids()).toEqual({ userId: 'm1', deviceShared: true })
    await page.identity.logout()
    expect(page.identity.consent.state()).toBe('unset')
    expect(page.device.kv.size).toBe(0)
    expect(page.steps).toEqual(['Consent Recorded', 'Visitor Left', 'rotate'])
  })

  it('two tabs that log in at once make one link', async () => {
    const device = createMemoryDevice()
    const [one, two] = [openPage(device), openPage(device)]
    await one.identity.consent.grantAll()
    await two.identity.ready()
    await Promise.all([one.identity.login({ member: 'm1', token: 't' }), two.identity.login({ member: 'm1', token: 't' })])
    expect(one.steps.concat(two.steps).filter((step) => step === 'Identity Linked')).toHaveLength(1)
  })
})

describe('member code', () => {
  const codes = (now: number, count = 288) => ({
    status: 200,
    headers: {},
    text: JSON.stringify({ codes: Array.from({ length: count }, (_, i) => ({ code: `C${i}`, expiresAt: now + (i + 1) * 300_000 })) }),
  })

  it('needs a member, asks the hub once and then works without it, on the next page too', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    expect(await page.identity.memberCode()).toMatchObject({ ok: false, issues: [{ code: 'unauthorised' }] })
    await page.identity.login({ member: 'm1', token: 't1' })
    page.answer = () => codes(page.now)
    expect(await page.identity.memberCode()).toEqual({ ok: true, value: { code: 'C0', expiresAt: start + 300_000 } })
    expect(page.requests).toMatchObject([
      { url: 'http://hub/v1/members/code', method: 'POST', headers: { authorization: 'Bearer pk_test_b_1', 'omokit-member': 't1' } },
    ])
    const offline = openPage(page.device)
    await offline.identity.ready()
    offline.now = start + 3_600_000
    expect(await offline.identity.memberCode()).toMatchObject({ ok: true, value: { code: 'C12' } })
    expect(offline.requests).toEqual([])
  })

  it('never shows one that is about to die, says why it has none, and forgets them at logout', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    await page.identity.login({ member: 'm1', token: 't1' })
    page.answer = () => codes(page.now, 2)
    page.now = start
    await page.identity.memberCode()
    page.answer = () => ({ status: 401, headers: {}, text: '{"ok":false,"issues":[{"code":"token-expired"}]}' })
    page.now += 290_000
    expect(await page.identity.memberCode()).toMatchObject({ ok: true, value: { code: 'C1' } })
    page.now += 300_000
    expect(await page.identity.memberCode()).toEqual({ ok: false, issues: [{ code: 'token-expired' }] })
    await page.identity.logout()
    expect(stored(page)).not.toContain('C1')
  })
})

describe('whatever the order of choices', () => {
  it('ids exist only under a granted purpose, and nothing of a withdrawn visit stays on the device', async () => {
    const choice = fc.constantFrom('grantAll', 'grantSome', 'deny', 'withdraw', 'withdrawSome', 'login', 'login2', 'logout', 'reload')
    await fc.assert(
      fc.asyncProperty(fc.array(choice, { maxLength: 12 }), async (steps) => {
        const device = createMemoryDevice()
        let page = openPage(device)
        for (const step of steps) {
          const { identity } = page
          const before = (await identity.ready(), identity.ids().anonId)
          if (step === 'grantAll') await identity.consent.grantAll()
          else if (step === 'grantSome') await identity.consent.grant(['analytics'])
          else if (step === 'deny') await identity.consent.deny()
          else if (step === 'withdraw') await identity.consent.withdraw()
          else if (step === 'withdrawSome') await identity.consent.withdraw(['analytics', 'marketing'])
          else if (step === 'login') await identity.login({ member: 'm1', token: 't1' })
          else if (step === 'login2') await identity.login({ member: 'm2', token: 't2' })
          else if (step === 'logout') await identity.logout()
          else {
            page = openPage(device)
            await page.identity.ready()
          }
          const ids = page.identity.ids()
          const known = page.identity.may('analytics') === true || page.identity.may('identity') === true
          expect(ids.anonId !== undefined).toBe(known)
          if (ids.userId !== undefined) expect(page.identity.may('identity')).toBe(true)
          if (step === 'logout' || step === 'deny' || step === 'withdraw') expect(before === undefined || !stored(page).includes(before)).toBe(true)
        }
      }),
      { numRuns: 120, seed: 11 },
    )
  })
})
