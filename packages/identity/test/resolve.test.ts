import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseEmail, normalisePhone, resolve, type IdentityEvent, type Resolution } from '@omokit/identity/resolve'
import { run } from '../../../scripts/cases/identity'
import { eventMix } from './event-mix'

const at = (ts: number, type: IdentityEvent['type'], more: Partial<IdentityEvent>): IdentityEvent => ({ id: `e${ts}`, ts, type, ...more })
const persons = ({ clusters }: Resolution): string[] => clusters.map((ids) => ids.join(' '))

describe('who is who', () => {
  it('joins what was browsed before the login, and keeps what came after the logout apart', () => {
    const result = resolve([
      at(1, 'track', { anonId: 'D1' }),
      at(2, 'identify', { anonId: 'D1', userId: 'U1' }),
      at(3, 'logout', { anonId: 'D1' }),
      at(4, 'track', { anonId: 'D1' }),
    ])
    expect(result).toEqual({
      clusters: [['anon:D1', 'user:U1']],
      canonical: ['user:U1'],
      rejected: [],
      owners: { e1: 'user:U1', e2: 'user:U1', e4: 'anon:D1' },
    })
  })

  it('gives a device two members used to nobody', () => {
    const result = resolve([at(1, 'identify', { anonId: 'D1', userId: 'U1' }), at(2, 'identify', { anonId: 'D1', userId: 'U2' })])
    expect(persons(result)).toEqual(['anon:D1', 'user:U1', 'user:U2'])
    expect(result.rejected.map((rejection) => rejection.reason)).toEqual(['contested-anon', 'contested-anon'])
  })

  it('hands a QR code over once', () => {
    const result = resolve([
      at(1, 'handoff', { anonId: 'M1', fromAnonId: 'D1', token: 't' }),
      at(2, 'handoff', { anonId: 'M2', fromAnonId: 'D1', token: 't' }),
      at(3, 'handoff', { anonId: 'M3', fromAnonId: 'D1' }),
    ])
    expect(persons(result)).toEqual(['anon:D1 anon:M1', 'anon:M2', 'anon:M3'])
    expect(result.rejected.map((rejection) => rejection.reason)).toEqual(['token-replayed', 'token-replayed'])
  })

  it('keeps contested what an erased member and another had both claimed', () => {
    const events = [at(1, 'identify', { anonId: 'D1', userId: 'U1' }), at(2, 'identify', { anonId: 'D1', userId: 'U2' }), at(3, 'delete', { userId: 'U1' })]
    const result = resolve(events)
    expect(persons(result)).toEqual(['anon:D1', 'user:U2'])
    expect(result.rejected).toEqual([
      { event: 'e1', link: null, reason: 'erased' },
      { event: 'e2', link: ['anon:D1', 'user:U2'], reason: 'contested-anon' },
    ])
  })

  it('multiplies the limits of merged members', () => {
    const binds = [1, 2, 3, 4].map((n) => at(n, 'bind', { userId: n % 2 ? 'U1' : 'U2', unionid: n > 2 ? undefined : `X${n}` } as Partial<IdentityEvent>))
    const result = resolve(binds.concat([at(9, 'merge', { userId: 'U2', intoUserId: 'U1', by: 'admin' })]))
    expect(persons(result)).toEqual(['unionid:X1 unionid:X2 user:U1 user:U2'])
    expect(result.canonical).toEqual(['user:U1'])
  })

  it('survives ids that are names of object members', () => {
    const result = resolve([{ id: '__proto__', ts: 1, type: 'track', anonId: 'constructor', userId: 'toString' }])
    expect(persons(result)).toEqual(['anon:constructor user:toString'])
    expect(Object.keys(result.owners)).toEqual(['__proto__'])
  })
})

describe('normalising', () => {
  it('reads every spelling of a mainland number as one, and rubbish as none', () => {
    for (const text of ['13800138000', '138 0013 8000', '+86 138-0013-8000', '0086 13800138000', '8613800138000', '１３８００１３８０００', '＋8613800138000'])
      expect(normalisePhone(text)).toBe('+8613800138000')
    for (const text of ['', '12345', '00000000000', '138001380001', '+86123', 'abc', '+0123456789']) expect(normalisePhone(text)).toBeNull()
    expect(normalisePhone('00852-91234567')).toBe('+85291234567')
  })

  it('trims and lowers e-mail addresses and keeps their dots', () => {
    expect(normaliseEmail(' T.o.m+Shop@Gmail.com ')).toBe('t.o.m+shop@gmail.com')
    for (const text of ['', 'null', 'test', '@x', 'a@', 'a@b@c', 'a b@c']) expect(normaliseEmail(text)).toBeNull()
  })
})

const small = (letter: string): fc.Arbitrary<string | undefined> =>
  fc.option(
    fc.constantFrom(1, 2, 3).map((n) => `${letter}${n}`),
    { nil: undefined, freq: 2 },
  )
const flag = fc.option(fc.boolean(), { nil: undefined, freq: 1 })
const anyEvent = fc.record({
  ts: fc.integer({ min: 1, max: 9 }),
  type: fc.constantFrom(...eventMix),
  userId: small('U'),
  unionid: small('X'),
  phoneHash: small('P'),
  emailHash: small('M'),
  anonId: small('D'),
  fromAnonId: small('D'),
  intoUserId: small('U'),
  fromUserId: small('U'),
  token: fc.constantFrom('t1', 't2'),
  verified: flag,
  deviceShared: fc.option(fc.constant(true), { nil: undefined, freq: 8 }),
  by: fc.constantFrom('admin', 'client'),
  granted: fc.boolean(),
  basis: fc.constantFrom(undefined, 'contract'),
  minor: fc.option(fc.constant(true), { nil: undefined, freq: 9 }),
})
const stream = fc.array(anyEvent, { minLength: 1, maxLength: 12 }).map((events) =>
  events.map((event, i) => {
    const { fromAnonId, intoUserId, fromUserId, ...rest } = event
    return {
      ...rest,
      id: `e${i}`,
      ...(event.type === 'handoff' && { fromAnonId }),
      ...(event.type === 'merge' && { intoUserId }),
      ...(event.type === 'split' && { fromUserId }),
    } as IdentityEvent
  }),
)
const policies = fc.constantFrom(undefined, { requireConsent: true }, { limits: { phone: 1, anon: 1 } })
const sorted = ({ rejected, ...rest }: Resolution): unknown => ({ ...rest, rejected: rejected.map((rejection) => JSON.stringify(rejection)).sort() })

describe('laws', () => {
  it('order, batches and repeats of events change nothing', () => {
    fc.assert(
      fc.property(stream, policies, fc.infiniteStream(fc.nat()), (events, policy, numbers) => {
        const mixed = events
          .concat(events.slice(0, 4))
          .map((event) => ({ event, at: numbers.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ event }) => event)
        expect(sorted(resolve(mixed, policy))).toEqual(sorted(resolve(events, policy)))
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  it('two members are one person only by a merge of staff', () => {
    fc.assert(
      fc.property(stream, policies, (events, policy) => {
        const { clusters } = resolve(
          events.filter((event) => event.type !== 'merge'),
          policy,
        )
        for (const ids of clusters) expect(ids.filter((id) => id.startsWith('user:')).length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 400, seed: 2 },
    )
  })

  it('every identifier is in one cluster, and owners are clusters or lone identifiers', () => {
    fc.assert(
      fc.property(stream, policies, (events, policy) => {
        const { clusters, canonical, owners } = resolve(events, policy)
        const all = clusters.reduce<string[]>((list, ids) => list.concat(ids), [])
        expect(new Set(all).size).toBe(all.length)
        clusters.forEach((ids, i) => expect(ids).toContain(canonical[i]))
        for (const owner of Object.values(owners))
          if (owner !== null) expect(/^(anon|ga|phone|email):/.test(owner) || canonical.includes(owner) || owner.startsWith('u')).toBe(true)
      }),
      { numRuns: 400, seed: 3 },
    )
  })

  it('a split right after a merge brings everything back', () => {
    fc.assert(
      fc.property(stream, policies, (events, policy) => {
        const before = events.filter((event) => event.type !== 'merge' && event.type !== 'split')
        const merged = before.concat([
          { id: 'm', ts: 10, type: 'merge', userId: 'U1', intoUserId: 'U2', by: 'admin' },
          { id: 's', ts: 11, type: 'split', userId: 'U1', fromUserId: 'U2' },
        ])
        const known = new Set(resolve(before, policy).clusters.map((ids) => ids.join()))
        for (const ids of resolve(merged, policy).clusters) expect(known.has(ids.join()) || ids.join() === 'user:U1' || ids.join() === 'user:U2').toBe(true)
      }),
      { numRuns: 300, seed: 4 },
    )
  })

  it('an event about strangers changes nobody else', () => {
    fc.assert(
      fc.property(stream, policies, (events, policy) => {
        const more = resolve(events.concat([{ id: 'z', ts: 5, type: 'identify', userId: 'U9', anonId: 'D9', phoneHash: 'P9', verified: true }]), policy)
        const less = resolve(events, policy)
        expect(more.clusters.filter((ids) => !ids.some((id) => /9$/.test(id)))).toEqual(less.clusters)
      }),
      { numRuns: 300, seed: 5 },
    )
  })

  it('after an erasure nothing of the person is counted, whatever arrives late', () => {
    fc.assert(
      fc.property(stream, policies, (events, policy) => {
        const { owners, clusters } = resolve(
          events.filter((event) => event.type !== 'merge').concat([{ id: 'zz', ts: 10, type: 'delete', userId: 'U1' }]),
          policy,
        )
        expect(Object.values(owners)).not.toContain('user:U1')
        expect(clusters.some((ids) => ids.includes('user:U1'))).toBe(false)
      }),
      { numRuns: 300, seed: 6 },
    )
  })
})

const shared = process.env['OMOKIT_SHARED'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../../shared')
const file = join(shared, 'cases', 'identity-cases.json')
describe.skipIf(!existsSync(file))('published cases (skipped where the file shared/cases/identity-cases.json is absent)', () => {
  it('all give the expected persons, refusals and owners, in 100 shuffles each', () => {
    const { failed, lines, passed } = run(file)
    expect(lines).toEqual([])
    expect([passed > 0, failed]).toEqual([true, 0])
  })
})
