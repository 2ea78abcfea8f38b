import { accept, refuse } from '@omokit/core'
import type { Clock, Crypto, Issue, NetResponse, Ports, Result } from '@omokit/core'
import { createReleaseStore } from '@omokit/core/documents'
import type { BookName, HeldRelease, ReleaseState, ReleaseTexts, ReleaseView, ReleaseViewOptions, Row, SigningKey } from '@omokit/core/documents'
import { bindPrices, priceLists } from './bind-prices'
import type { FoundPrice, PriceContext } from './bind-prices'
import { follow } from './follow'

/** Options of {@link createPricingSync}. */
export interface PricingSyncOptions {
  readonly ports: Ports
  readonly clock: Clock
  /** Base URL of the hub, without a trailing slash. */
  readonly hub: string
  /** Any key of the brand. */
  readonly key: string
  /** Keys that may sign this brand's releases. */
  readonly keys: readonly SigningKey[]
  /** Newer keys, when there are some: asked at the start and when a release names a key not known. See `createKeySource`. */
  readonly newKeys?: () => Promise<readonly SigningKey[] | undefined>
  /** Default `ports.crypto`; where that is absent pass the one of `@omokit/core/ed25519`. */
  readonly crypto?: Crypto
  /** The store this device stands in: its overlays, its pilot releases. */
  readonly store?: string
  /** Books this device must have, of those a release names; all when left out. */
  readonly wanted?: (book: BookName) => boolean
  /**
   * Hold a view in place of whole releases, for shoppers' devices with little storage: `createReleaseView` of
   * `@omokit/core/documents`. Prices are then fetched as they are asked for: see `prepare`.
   */
  readonly view?: (options: ReleaseViewOptions) => ReleaseView
  /** Asked before each write: false keeps releases in memory only, as before consent. Default: always. */
  readonly persist?: () => boolean
  /** Hears of everything refused; what was held stays in force. */
  readonly onIssue?: (issue: Issue) => void
  /** Hears of a new version in force or a new state. */
  readonly onChange?: (now: { readonly version: number; readonly state: ReleaseState }) => void
  /** Milliseconds between polls where there are no server-sent events, default 60,000. */
  readonly pollMs?: number
}

/** Keeps the brand's signed release current and answers from it. The last good release stays, whatever comes in. */
export interface PricingSync {
  /** Reads what this device holds, then follows the hub until `stop`. Resolves when the stored release can be asked. */
  start(): Promise<void>
  /** Asks the hub now. The newest version held, or why it stays what it was. Never rejects. */
  refresh(): Promise<Result<number>>
  stop(): void
  /** By trusted time: `empty`, `fresh`, `stale` (the hub has been silent too long), `expired` (list prices are flagged, promotions stop). */
  state(): ReleaseState
  /** Version in force, 0 for none. */
  version(): number
  /** Version and start of the release that is scheduled. `validFrom` in milliseconds. */
  scheduled(): { readonly version: number; readonly validFrom: number } | undefined
  /** Whether a clock nobody vouched for decided what is in force. */
  untrusted(): boolean
  /** Undefined for an article without a price, and over a view for one that was not prepared. */
  price(sku: string, context?: PriceContext): FoundPrice | undefined
  /**
   * Makes the prices of these articles, for this context and whatever list may win in it, answerable at once, without the
   * network, in the release in force and in the one scheduled. Resolves to the version in force; at once where whole releases
   * are held. Issues: `no-release`; `not-held` with the first article that is neither here nor to be had. Never rejects.
   */
  prepare(skus: readonly string[], context?: PriceContext): Promise<Result<number>>
  /** The same as `price` for one context, for hot loops. Follows releases by itself. */
  bind(context: PriceContext): (sku: string) => FoundPrice | undefined
  /** All rows of a book, in order of buckets. Reads the whole book: not for hot loops. Over a view price lists have none. */
  rows(book: BookName): readonly Row[]
  /** The release in force, for `priceSource` and `createQuoter`. */
  release(): HeldRelease | undefined
  /** Over a view price lists are outlines, without buckets. */
  releaseTexts(): ReleaseTexts | undefined
  /** Resolves when this version or a later one is in force. */
  waitFor(version: number): Promise<void>
  /** Writes what was kept in memory, after `persist` turned true. */
  save(): Promise<void>
  /** Corrected time in milliseconds. */
  now(): number
}

export function createPricingSync(options: PricingSyncOptions): PricingSync {
  const { ports, clock, hub, store: shop, onIssue = () => undefined, onChange = () => undefined, pollMs = 60_000, newKeys } = options
  const view = options.view && options.view({ ports, persist: options.persist, onIssue, chunks: (names) => getText(`/v1/chunks?names=${names.join()}`) })
  const store = createReleaseStore({ ...options, view, onDamage: () => void refresh(true) })
  let told = ''
  let stopFollowing: (() => void) | undefined
  let asking: Promise<Result<number>> | undefined
  let waiting: { readonly version: number; readonly resolve: () => void }[] = []
  const now = (): number => clock.read().now
  const active = store.active
  const header = (): HeldRelease['header'] | undefined => {
    const held = active()
    return held && held.header
  }
  const version = (): number => {
    const now = header()
    return now ? now.version : 0
  }

  /** Tells what changed, also when only time has passed. */
  function notice(): void {
    const state = store.state()
    const at = version()
    if (`${at} ${state}` !== told) {
      told = `${at} ${state}`
      onChange({ version: at, state })
    }
    const due = waiting.filter((waiter) => waiter.version <= at)
    waiting = waiting.filter((waiter) => waiter.version > at)
    for (const waiter of due) waiter.resolve()
  }

  const send = (path: string, etag?: number): Promise<NetResponse> =>
    ports.net.send({
      url: `${hub}${path}`,
      method: 'GET',
      headers: { authorization: `Bearer ${options.key}`, ...(etag && { 'if-none-match': `"${etag}"` }) },
    })

  async function get(path: string, etag?: number): Promise<NetResponse> {
    const sent = ports.time.mono()
    const answer = await send(path, etag)
    // a cache answers with the time of long ago, and says so with an age
    const time = Number(answer.headers['omokit-time']) || (answer.headers['age'] ? 0 : Date.parse(answer.headers['date'] || ''))
    if (time) clock.observe(time, sent)
    return answer
  }

  const whole = view ? 'view' : 'pack'
  const path = (name: string, more: string): string => `/v1/releases/${name}?${more}${shop ? `&store=${encodeURIComponent(shop)}` : ''}`

  const fault = (code: Issue['code'], have?: number | string): Result<number> => {
    const refusal = refuse(code, { path: 'releases', ...(have !== undefined && { have }) })
    refusal.issues.forEach(onIssue)
    return refusal
  }

  /** What never changes, and may come from a cache: it says nothing about the time. */
  const getText = (path: string): Promise<string | undefined> =>
    send(path).then(
      ({ status, text }) => (status === 200 ? text : undefined),
      () => undefined,
    )

  /** The whole release, or the view of it. */
  async function fetchPack(held: number): Promise<Result<number>> {
    const answer = await get(path(whole, view ? `from=${held}` : ''), held)
    if (answer.status === 304) return accept(held)
    if (answer.status === 404) return fault('no-release')
    if (answer.status !== 200) return fault('unavailable', answer.status)
    let taken = await store.take(answer.text)
    const refused = (wanted: Issue['code']): boolean => !taken.ok && taken.issues.some(({ code }) => code === wanted)
    if (refused('unknown-key-id') && (await followKeys())) taken = await store.take(answer.text)
    if (view && held && refused('base-lost')) return fetchPack(0)
    const scheduled = store.next()
    if (scheduled && !active()) {
      // born between publication and start: the release now in force is the one before
      const before = await getText(path(whole, `version=${scheduled.header.version - 1}`))
      if (before) await store.take(before)
    }
    return taken
  }

  async function ask(afresh: boolean, delta?: string): Promise<Result<number>> {
    try {
      const held = afresh ? 0 : store.newest()
      if (delta && !view) return await takeDelta(delta)
      await save()
      if (view || !held) return await fetchPack(held)
      const answer = await get(path('delta', `from=${held}`), held)
      if (answer.status === 304) return accept(held)
      if (answer.status === 404) return await fetchPack(held)
      if (answer.status !== 200) return fault('unavailable', answer.status)
      return await takeDelta(answer.text)
    } catch {
      return fault('unavailable')
    }
  }

  async function takeDelta(text: string): Promise<Result<number>> {
    const taken = await store.takeDelta(text)
    // whatever was wrong with it: the pack decides, and is checked as strictly
    return taken.ok ? taken : fetchPack(store.newest())
  }

  async function save(): Promise<void> {
    await store.save()
    if (view) await view.save()
  }

  /** Whether the trusted keys changed. */
  async function followKeys(): Promise<boolean> {
    const keys = newKeys && (await newKeys())
    if (keys) await store.setKeys(keys)
    return !!keys
  }

  /** One question at a time; who asks the same meanwhile shares the answer. */
  function refresh(afresh = false, delta?: string): Promise<Result<number>> {
    if (asking && !afresh && !delta) return asking
    const mine = (asking = Promise.resolve(asking)
      .then(() => ask(afresh, delta))
      .then((result) => {
        if (asking === mine) asking = undefined
        notice()
        return result
      }))
    return mine
  }

  return {
    async start() {
      if (stopFollowing) return
      let stopped = false
      stopFollowing = () => (stopped = true)
      await store.load()
      notice()
      if (stopped) return
      await followKeys().catch(() => false)
      if (stopped) return
      stopFollowing = follow({
        ports,
        pollMs,
        url: () => `${hub}${path('stream', `since=${store.newest()}&key=${options.key}`)}`,
        refresh: (delta) => refresh(false, delta),
        boundary: () => {
          notice()
          const held = header()
          const { refreshAfter, expiresAt } = held || { refreshAfter: 0, expiresAt: 0 }
          const next = store.next()
          const time = now()
          const ends = [refreshAfter, expiresAt, next ? next.header.validFrom : 0].map((seconds) => seconds * 1000 - time)
          return { wait: Math.min(...ends.filter((ms) => ms > 0).concat(600_000)), stale: !!held && time >= refreshAfter * 1000 }
        },
      })
    },
    refresh: () => refresh(),
    stop() {
      if (stopFollowing) stopFollowing()
      stopFollowing = undefined
    },
    state: () => store.state(),
    version,
    scheduled() {
      active() // what is due is no longer scheduled
      const next = store.next()
      return next && { version: next.header.version, validFrom: next.header.validFrom * 1000 }
    },
    untrusted: () => store.untrusted(),
    price: (sku, context = {}) => bindPrices(active, now, context)(sku),
    bind: (context) => bindPrices(active, now, context),
    async prepare(skus, context = {}) {
      const held = active()
      if (!held) return refuse('no-release')
      let missing: string | undefined
      if (view) {
        const books = priceLists(context)
          .concat('floor')
          .map((list) => `price/${list}`)
        // the scheduled release first: it matters less, and what it drops for want of room the one in force gets back
        for (const release of [store.next(), held]) if (release) missing = await view.bring(release, books, skus)
      }
      return missing === undefined ? accept(held.header.version) : refuse('not-held', { have: missing })
    },
    rows(book) {
      const held = active()
      const found = held && held.texts.books[book]
      return found ? ([] as Row[]).concat(...found.buckets.map((bucket) => JSON.parse(bucket) as Row[])) : []
    },
    release: active,
    releaseTexts() {
      const held = active()
      return held && held.texts
    },
    waitFor: (wanted) =>
      new Promise((resolve) => {
        waiting.push({ version: wanted, resolve })
        notice()
      }),
    save,
    now,
  }
}
