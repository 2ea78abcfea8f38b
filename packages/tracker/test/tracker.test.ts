import { OmoError, type Clock, type Ids, type Issue } from '@omokit/core'
import { createPlanCheck, type PlanTable } from '@omokit/core/plan'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Campaign, createTracker, type StoredEvent, type Tracker, type TrackerOptions } from '@omokit/tracker'
import { createScrub } from '@omokit/tracker/scrub'
import { recordingOutbox, type RecordingOutbox } from './recording-outbox'

declare module '@omokit/tracker' {
  interface EventBodies {
    'x:Sampling Asked': { readonly sku: string }
  }
}

const start = Date.UTC(2026, 5, 1, 9)

interface Desk {
  readonly tracker: Tracker
  readonly outbox: RecordingOutbox
  readonly issues: Issue[]
  now: number
  consent: boolean | undefined
  ids: Ids
  choose(consent: boolean): void
}

function desk(more: Partial<TrackerOptions> = {}): Desk {
  const outbox = recordingOutbox()
  const issues: Issue[] = []
  const listeners: (() => void)[] = []
  const clock: Clock = {
    read: () => ({ now: state.now, device: state.now, mono: state.now - start, source: 'device' }),
    observe: () => undefined,
    floor: () => undefined,
  }
  const state: Desk = {
    outbox,
    issues,
    now: start,
    consent: true,
    ids: { anonId: 'a1' },
    tracker: createTracker({
      outbox,
      clock,
      who: () => state.ids,
      may: () => state.consent,
      onIssue: (issue) => issues.push(issue),
      onConsent: (listener) => {
        listeners.push(listener)
        return () => undefined
      },
      ...more,
    }),
    choose(consent) {
      state.consent = consent
      listeners.forEach((listener) => listener())
    },
  }
  return state
}

/** What was begun in this task is done. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
const kinds = (outbox: RecordingOutbox): string[] => outbox.drafts.map((draft) => draft.kind)

describe('track', () => {
  it('stores the event with ids, session and consent, after a Session Started', async () => {
    const { tracker, outbox } = desk({ granted: () => ['analytics'], place: { channel: 'web' }, session: { campaign: { source: 'wechat', medium: 'post' } } })
    const ref = await tracker.track('Product Viewed', { sku: 'cola', price: 350, currency: 'CNY' })
    expect(ref).toEqual({ stream: 's', seq: 2 })
    const session = Math.floor(start / 1000).toString(36)
    expect(outbox.drafts).toEqual([
      {
        kind: 'Session Started',
        body: { session, campaign: { source: 'wechat', medium: 'post' }, anonId: 'a1' },
        place: { channel: 'web' },
        consent: ['analytics'],
      },
      { kind: 'Product Viewed', body: { sku: 'cola', price: 350, currency: 'CNY', session, anonId: 'a1' }, place: { channel: 'web' }, consent: ['analytics'] },
    ])
  })

  it('hands the fact to the outbox before it returns', () => {
    const { tracker, outbox } = desk()
    void tracker.track('Cart Viewed', { currency: 'CNY', products: [] })
    expect(kinds(outbox)).toEqual(['Session Started', 'Cart Viewed'])
  })

  it('keeps one session until half an hour without an event, and opens one for another visitor', async () => {
    const shop = desk()
    await shop.tracker.track('x:a')
    shop.now += 1_799_999
    await shop.tracker.track('x:b')
    shop.now += 1_799_999
    await shop.tracker.track('x:c')
    expect(kinds(shop.outbox).filter((kind) => kind === 'Session Started')).toHaveLength(1)
    shop.now += 1_800_000
    await shop.tracker.track('x:d')
    shop.ids = { anonId: 'a2' }
    shop.now += 1000
    await shop.tracker.track('x:e')
    const sessions = shop.outbox.drafts.filter((draft) => draft.kind === 'Session Started').map((draft) => draft.body['session'])
    expect(new Set(sessions).size).toBe(3)
  })

  it('takes place and purpose of the call over its own', async () => {
    const asked: string[] = []
    const { tracker, outbox } = desk({ place: { channel: 'till' }, may: (purpose) => asked.push(purpose) > 0 })
    await tracker.track('x:shown', {}, { purpose: 'marketing', place: { channel: 'shelf' }, priority: 0 })
    expect(asked).toContain('marketing')
    expect(outbox.drafts[1]).toMatchObject({ place: { channel: 'shelf' }, priority: 0 })
  })
})

describe('before', () => {
  it('sees a copy of every body, the session’s too, and what it answers is stored', async () => {
    const seen: string[] = []
    const shop = desk({
      session: { campaign: { content: '13800138000' } },
      plugins: [
        {
          name: 'note',
          before(event, body) {
            seen.push(event)
            return event === 'x:secret' ? undefined : body
          },
        },
        { name: 'scrub', before: createScrub() },
      ],
    })
    const body = { note: 'call 13800138000' }
    await shop.tracker.track('x:note', body)
    expect(await shop.tracker.track('x:secret', { a: 1 })).toBeUndefined()
    expect(body).toEqual({ note: 'call 13800138000' })
    expect(seen).toEqual(['Session Started', 'x:note', 'x:secret'])
    expect(shop.outbox.drafts.map((draft) => draft.body)).toMatchObject([{ campaign: { content: '[phone]' } }, { note: 'call [phone]' }])
    expect(kinds(shop.outbox)).toEqual(['Session Started', 'x:note'])
  })

  it('that throws stores nothing and does not reach the page', async () => {
    const shop = desk({
      plugins: [
        {
          name: 'broken',
          before: () => {
            throw new Error('host')
          },
        },
      ],
    })
    expect(await shop.tracker.track('x:a')).toBeUndefined()
    expect(shop.outbox.drafts).toEqual([])
    expect(shop.issues).toEqual([{ code: 'invalid', path: 'x:a' }])
  })

  it('is asked in order, knows who and where, and is not asked without consent', async () => {
    const seen: unknown[] = []
    const shop = desk({
      place: () => ({ channel: 'till', storeId: '0001' }),
      plugins: [
        { name: 'first', before: (event, body) => (event === 'x:gone' ? undefined : { ...body, first: 1 }) },
        { name: 'second', before: (event, body, { anonId, session, place, may }) => void seen.push([event, body, anonId, session, place, may('analytics')]) },
        { name: 'third', before: () => ({ never: true }) },
      ],
    })
    await shop.tracker.track('x:a', { a: 1 })
    await shop.tracker.track('x:gone')
    const session = Math.floor(start / 1000).toString(36)
    const known = ['a1', session, { channel: 'till', storeId: '0001' }, true]
    expect(seen).toEqual([
      ['Session Started', { session, first: 1 }, ...known],
      ['x:a', { a: 1, first: 1 }, ...known],
    ])
    // what one drops, no later one brings back
    expect(shop.outbox.drafts).toEqual([])
    shop.consent = false
    await shop.tracker.track('x:b')
    expect(seen).toHaveLength(2)
  })
})

describe('a tracking plan', () => {
  const plan: PlanTable = {
    name: 'acme',
    version: 1,
    closed: true,
    events: { 'x:Sample Asked': { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] } },
  }

  it.each([true, false])('in development (%s) says what is wrong and where; a wrong event is taken, flagged and counted', async (development) => {
    const told: Issue[] = []
    const check = createPlanCheck(plan, { development, onIssue: (issue) => told.push(issue) })
    const shop = desk({ plugins: [{ name: 'plan', before: check.before }] })
    await shop.tracker.track('x:Sample Asked', { sku: 'TEA006' })
    await shop.tracker.track('x:Sample Asked', { sku: 6 })
    await shop.tracker.track('x:Not Planned')
    expect(shop.outbox.drafts.slice(1).map(({ kind, body }) => [kind, body['sku'], body['offPlan']])).toEqual([
      ['x:Sample Asked', 'TEA006', undefined],
      ['x:Sample Asked', 6, ['sku']],
      ['x:Not Planned', undefined, ['']],
    ])
    expect(check.counts()).toEqual({ checked: 4, wrong: 2, byEvent: { 'x:Sample Asked': 1, 'x:Not Planned': 1 } })
    const all = [
      { code: 'invalid', path: 'x:Sample Asked.sku', have: 'number', need: 'string' },
      { code: 'unknown-kind', path: 'x:Not Planned', have: 'x:Not Planned' },
    ]
    expect(told).toEqual(development ? all : [])
    expect(shop.issues).toEqual([])
  })
})

describe('after', () => {
  it('sees what was stored with its address, ids and session, and nothing that was not', async () => {
    const stored: StoredEvent[] = []
    const shop = desk({ plugins: [{ name: 'copy', after: (event) => stored.push(event) }] })
    shop.consent = false
    await shop.tracker.track('x:refused')
    shop.consent = true
    await shop.tracker.track('Product Viewed', { sku: 'cola' })
    await settled()
    shop.outbox.failWith = new OmoError('quota', 'full')
    await shop.tracker.track('x:full')
    await settled()
    const session = Math.floor(start / 1000).toString(36)
    expect(stored.map(({ event, body, ref, anonId }) => [event, body, ref.seq, anonId])).toEqual([
      ['Session Started', { session, anonId: 'a1' }, 1, 'a1'],
      ['Product Viewed', { sku: 'cola', session, anonId: 'a1' }, 2, 'a1'],
    ])
  })

  it('that throws or rejects is told by its name, and harms neither the event nor the plugin beside it', async () => {
    const stored: string[] = []
    const shop = desk({
      plugins: [
        {
          name: 'throws',
          after: () => {
            throw new Error('host')
          },
        },
        { name: 'rejects', after: () => Promise.reject(new Error('network')) },
        { name: 'sound', after: ({ event }) => stored.push(event) },
      ],
    })
    expect(await shop.tracker.track('x:a')).toEqual({ stream: 's', seq: 2 })
    await settled()
    expect(stored).toEqual(['Session Started', 'x:a'])
    expect(shop.issues.map(({ code, path }) => `${code} ${path}`).sort()).toEqual(['invalid rejects', 'invalid rejects', 'invalid throws', 'invalid throws'])
  })
})

describe('a visit', () => {
  const from = (shop: Desk): unknown[] => shop.outbox.drafts.filter(({ kind }) => kind === 'Session Started').map(({ body }) => body['campaign'])

  it('from another campaign is another visit; pages without one go on with it', async () => {
    const device = createMemoryDevice()
    let campaign: Campaign | undefined = { source: 'wechat' }
    const page = (): Desk => desk({ kv: createMemoryPorts({ brand: 'b', device }).kv, session: { campaign: () => campaign } })
    const first = page()
    await first.tracker.track('x:a')
    campaign = undefined
    first.now += 1000
    await first.tracker.track('x:b')
    await settled()
    const second = page()
    second.now += 60_000
    await second.tracker.track('x:c')
    campaign = { source: 'wechat' }
    await second.tracker.track('x:d')
    expect([from(first), from(second)]).toEqual([[{ source: 'wechat' }], []])
    campaign = { source: 'shelf', placement: 'door' }
    await second.tracker.track('x:e')
    expect(from(second)).toEqual([{ source: 'shelf', placement: 'door' }])
    campaign = undefined
    second.now += 1_800_000
    await second.tracker.track('x:f')
    expect(from(second)).toEqual([{ source: 'shelf', placement: 'door' }, undefined])
  })
})

describe('consent', () => {
  it('stores nothing before a choice and after a refusal, and says so', async () => {
    const shop = desk()
    shop.consent = undefined
    expect(await shop.tracker.track('x:a')).toBeUndefined()
    shop.choose(false)
    expect(await shop.tracker.track('x:b')).toBeUndefined()
    expect(shop.outbox.drafts).toEqual([])
    expect(shop.issues).toEqual([
      { code: 'no-consent', path: 'x:a' },
      { code: 'no-consent', path: 'x:b' },
    ])
  })

  it('holds up to a hundred calls in memory when asked to, and lets them go at the choice', async () => {
    const shop = desk({ hold: 'memory' })
    shop.consent = undefined
    const refs = Array.from({ length: 101 }, (_, i) => shop.tracker.track('x:a', { i }))
    expect(await refs[100]).toBeUndefined()
    expect(shop.issues).toEqual([{ code: 'too-many', path: 'x:a' }])
    expect(shop.outbox.drafts).toEqual([])
    shop.now += 5000
    shop.choose(true)
    expect(await refs[99]).toEqual({ stream: 's', seq: 101 })
    expect(shop.outbox.drafts[1]?.body).toMatchObject({ i: 0, heldMs: 5000 })
  })

  it('empties the memory at a refusal: a later consent brings nothing back', async () => {
    const shop = desk({ hold: 'memory' })
    shop.consent = undefined
    const ref = shop.tracker.track('x:a')
    shop.choose(false)
    expect(await ref).toBeUndefined()
    shop.choose(true)
    expect(shop.outbox.drafts).toEqual([])
  })

  it('waits with early calls until it is known who is here', async () => {
    let known: () => void = () => undefined
    const shop = desk({ ready: () => new Promise<void>((resolve) => (known = resolve)) })
    shop.consent = undefined
    const ref = shop.tracker.track('x:a')
    expect(shop.outbox.drafts).toEqual([])
    shop.consent = true
    known()
    expect(await ref).toEqual({ stream: 's', seq: 2 })
  })

  it('waits with a burst of any size while the stored choice is read, and stores all of it', async () => {
    const device = createMemoryDevice()
    let read: () => void = () => undefined
    const shop = desk({ hold: 'memory', kv: createMemoryPorts({ brand: 'b', device }).kv, ready: () => new Promise<void>((resolve) => (read = resolve)) })
    const refs = Array.from({ length: 1000 }, (_, i) => shop.tracker.track('x:a', { i }))
    read()
    expect((await Promise.all(refs)).map((ref) => ref?.seq)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 2))
    expect(shop.outbox.drafts.slice(1).map(({ body }) => body['i'])).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(shop.issues).toEqual([])
  })

  it('keeps the first hundred of such a burst when it turns out that nobody has chosen', async () => {
    let read: () => void = () => undefined
    const shop = desk({ hold: 'memory', ready: () => new Promise<void>((resolve) => (read = resolve)) })
    shop.consent = undefined
    const refs = Array.from({ length: 150 }, (_, i) => shop.tracker.track('x:a', { i }))
    read()
    expect(await refs[149]).toBeUndefined()
    expect(shop.issues).toEqual(Array.from({ length: 50 }, () => ({ code: 'too-many', path: 'x:a' })))
    shop.choose(true)
    await refs[99]
    expect(shop.outbox.drafts.slice(1).map(({ body }) => body['i'])).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('goes on with the stored session on the next page, and removes it at withdrawal', async () => {
    const device = createMemoryDevice()
    const page = (): Desk => desk({ kv: createMemoryPorts({ brand: 'b', device }).kv })
    await page().tracker.track('x:a')
    await settled()
    expect(device.kv.size).toBe(1)
    const second = page()
    await second.tracker.track('x:b')
    expect(kinds(second.outbox)).toEqual(['x:b'])
    second.choose(false)
    await settled()
    expect(device.kv.size).toBe(0)
  })
})

describe('the host is safe', () => {
  it('answers undefined when the outbox refuses, which has said why itself', async () => {
    const shop = desk()
    shop.outbox.failWith = new OmoError('quota', 'full')
    expect(await shop.tracker.track('x:a')).toBeUndefined()
    expect(shop.issues).toEqual([])
  })

  it('survives a listener, an id source and a body that throw', async () => {
    const hostile = {
      get boom(): never {
        throw new Error('host')
      },
    }
    const shop = desk({
      onIssue: () => {
        throw new Error('listener')
      },
    })
    expect(await shop.tracker.track('x:a', hostile)).toBeUndefined()
    const other = desk({
      who: () => {
        throw new Error('who')
      },
    })
    expect(await other.tracker.track('x:a')).toBeUndefined()
    expect(other.issues).toEqual([{ code: 'invalid', path: 'x:a' }])
  })

  it('takes keys that could reach a prototype out, and refuses a cycle', async () => {
    const shop = desk()
    const body = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"deep":[{"__proto__":1,"ok":2}]}') as Record<string, never>
    await shop.tracker.track('x:a', body)
    expect(JSON.stringify(shop.outbox.drafts[1]?.body)).toBe(`{"deep":[{"ok":2}],"session":"${Math.floor(start / 1000).toString(36)}","anonId":"a1"}`)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(await shop.tracker.track('x:b', cycle as never)).toBeUndefined()
    expect(shop.issues).toEqual([{ code: 'too-deep', path: 'x:b' }])
  })

  it('copies the body at once', async () => {
    const shop = desk({ hold: 'memory' })
    shop.consent = undefined
    const body = { sku: 'cola' }
    const ref = shop.tracker.track('Product Viewed', body)
    body.sku = 'changed'
    shop.choose(true)
    await ref
    expect(shop.outbox.drafts[1]?.body['sku']).toBe('cola')
  })

  it('never throws and never rejects, whatever the body is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (body) => {
        const shop = desk()
        await shop.tracker.track('x:any', body as never)
        for (const draft of shop.outbox.drafts) expect(JSON.parse(JSON.stringify(draft.body))).toEqual(draft.body)
      }),
      { numRuns: 300, seed: 7 },
    )
  })
})

it('infers bodies from names', () => {
  const { tracker } = desk()
  expectTypeOf(tracker.track<'Product Added'>)
    .parameter(1)
    .toMatchTypeOf<{ sku: string; quantity: number }>()
  // @ts-expect-error a cart event without its products
  void tracker.track('Cart Viewed', { currency: 'CNY' })
  void tracker.track('x:Sampling Asked', { sku: 'cola' })
  // @ts-expect-error the brand's own event without its property
  void tracker.track('x:Sampling Asked', {})
  // @ts-expect-error an unknown name without the prefix x:
  void tracker.track('Product Seen', { sku: 'cola' })
})
