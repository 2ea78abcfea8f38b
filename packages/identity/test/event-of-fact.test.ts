import { describe, expect, it } from 'vitest'
import { eventOfFact, resolve, type IdentityEvent } from '@omokit/identity/resolve'
import { openPage } from './desk'

const stamp = { id: 's.1', hubTs: 99 }
const fact = (kind: string, body: Record<string, never> | object): Parameters<typeof eventOfFact>[0] => ({ kind, at: 10, offset: 5, body: body as never })

describe('eventOfFact', () => {
  it('takes corrected time, known fields and nothing else', () => {
    expect(eventOfFact(fact('Identity Linked', { type: 'identify', userId: 'm1', anonId: 'a1', proof: 't', by: 'admin', hubTs: 1, id: 'x' }), stamp))
      .toEqual({ id: 's.1', ts: 15, hubTs: 99, type: 'identify', userId: 'm1', anonId: 'a1' })
  })

  it('reads receipts as sales under contract, browsing as traces, and skips what names nobody', () => {
    expect(eventOfFact(fact('Receipt Issued', { member: 'm1', order: 'o1' }), stamp)).toMatchObject({ type: 'track', userId: 'm1', basis: 'contract' })
    expect(eventOfFact(fact('Product Viewed', { sku: 'cola', anonId: 'a1', deviceShared: true }), stamp)).toEqual({ id: 's.1', ts: 15, hubTs: 99, type: 'track', anonId: 'a1', deviceShared: true })
    expect(eventOfFact(fact('Product Viewed', { sku: 'cola' }), stamp)).toBeUndefined()
    expect(eventOfFact(fact('Identity Linked', { type: 'toString', userId: 'm1' }), stamp)).toBeUndefined()
  })

  it('believes a merge only when the hub says staff made it', () => {
    const merge = fact('Identity Linked', { type: 'merge', userId: 'm1', intoUserId: 'm2', by: 'admin' })
    expect(eventOfFact(merge, stamp)?.by).toBeUndefined()
    expect(eventOfFact(merge, { ...stamp, admin: true })?.by).toBe('admin')
  })

  it('makes one person of what a device sends, and another after its logout', async () => {
    const page = openPage()
    await page.identity.consent.grantAll()
    const first = page.identity.ids().anonId as string
    await page.identity.login({ member: 'm1', token: 't1' })
    await page.identity.logout()
    const second = page.identity.ids().anonId as string
    const events = page.drafts.map(({ kind, body }, i) => eventOfFact({ kind, body, at: i }, { id: `s.${i}`, hubTs: i })).filter((event): event is IdentityEvent => event !== undefined)
    const browsing: IdentityEvent[] = [{ id: 'x', ts: 99, type: 'track', anonId: second }]
    expect(resolve(events.concat(browsing), { requireConsent: true }).clusters).toEqual([[`anon:${first}`, 'user:m1'], [`anon:${second}`]].sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1)))
  })
})
