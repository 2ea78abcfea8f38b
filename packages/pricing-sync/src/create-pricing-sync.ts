import { accept, codeOf, refuse } from '@omokit/core'
import type { Clock, Crypto, Issue, NetResponse, Ports, Result } from '@omokit/core'
import { createReleaseStore } from '@omokit/core/documents'
import type { BookName, HeldRelease, ReleaseState, ReleaseTexts, Row, SigningKey } from '@omokit/core/documents'
import { bindPrices } from './bind-prices'
import type { FoundPrice, PriceContext } from './bind-prices'
import type { PriceView, PriceViewOptions } from './create-price-view'
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
   * Hold a view in place of whole releases, for shoppers' devices with little storage: pass `createPriceView`. Prices are
   * then fetched as they are asked for: see `prepare`.
   */
  readonly view?: (options: PriceViewOptions) => PriceView
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
  const send = (path: string, etag?: number): Promise<NetResponse> =>
    ports.net.send({
      url: `${hub}${path}`,
      method: 'GET',
      headers: Object.assign({ authorization: `Bearer ${options.key}` }, etag ? { 'if-none-match': `"${etag}"` } : {}),
    })
  const view = options.view && options.view(Object.assign({ send, active: () => active(), next: () => store.next() }, options))
  const kind = view ? 'view' : 'pack'
  const store = createReleaseStore(Object.assign({}, options, { view, onDamage: () => void refresh(true) }))
  let told = ''
  let unread = false
  let stopFollowing: (() => void) | undefined
  let asking: Promise<Result<number>> | undefined
  let waiting: ((version: number) => unknown)[] = []
  const now = (): number => clock.read().now
  const active = store.active
  const bind = (context: PriceContext = {}): ((sku: string) => FoundPrice | undefined) => bindPrices(active, now, context)
  const version = (): number => {
    const held = active()
    return held ? held.header.version : 0
  }

  const releaseTexts = (): ReleaseTexts | undefined => {
    const held = active()
    return held && held.texts
  }

  /** Tells what changed, also when only time has passed. */
  function notice(): void {
    const state = store.state()
    const at = version()
    if (`${at} ${state}` !== told) {
      told = `${at} ${state}`
      onChange({ version: at, state })
    }
    waiting = waiting.filter((waits) => waits(at))
  }

  const path = (name: string, more: string): string => `/v1/releases/${name}?${more}${shop ? `&store=${encodeURIComponent(shop)}` : ''}`

  const fault = (code: Issue['code'], have?: number): Result<number> => {
    const refusal = refuse(code, { path: 'releases', have } as Issue)
    refusal.issues.forEach(onIssue)
    return refusal
  }

  /** Asks for what leads on from `held`: a delta, or with `whole` the release itself or the view of it. */
  async function fetch(held: number, whole: boolean = !held || !!view): Promise<Result<number>> {
    const sent = ports.time.mono()
    const { status, text, headers } = await send(path(whole ? kind : 'delta', whole && !view ? '' : `from=${held}`), held)
    const { 'omokit-time': stated, age, date } = headers
    // a cache answers with the time of long ago, and says so with an age
    const time = Number(stated) || (age ? 0 : Date.parse(date as string))
    if (time) clock.observe(time, sent)
    if (status === 304) return accept(held)
    if (status === 404) return whole ? fault('no-release') : fetch(held, true)
    if (status !== 200) return fault('unavailable', status)
    if (!whole) return takeDelta(text)
    let taken = await store.take(text)
    const refused = taken.ok ? '' : (taken.issues[0] as Issue).code
    if (refused === 'unknown-key-id' && (await followKeys())) taken = await store.take(text)
    if (refused === 'base-lost' && view && held) return fetch(0)
    const scheduled = store.next()
    if (scheduled && !active()) {
      // born between publication and start: the release now in force is the one before
      const before = await send(path(kind, `version=${scheduled.header.version - 1}`))
      if (before.status === 200) await store.take(before.text)
    }
    return taken
  }

  /** Reads what this device holds. A storage that does not answer is asked again before the hub is, as long as nothing came from there. */
  async function load(): Promise<void> {
    unread = false
    await store.load().catch((error) => {
      unread = true
      onIssue({ code: codeOf(error) || 'unavailable', path: 'stored' })
    })
  }

  async function takeDelta(text: string): Promise<Result<number>> {
    const taken = await store.takeDelta(text)
    // whatever was wrong with it: the pack decides, and is checked as strictly
    return taken.ok ? taken : fetch(store.newest(), true)
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
      .then(async () => {
        if (unread && !store.newest()) await load()
        if (delta && !view) return takeDelta(delta)
        await store.save()
        return fetch(afresh ? 0 : store.newest())
      })
      .catch(() => fault('unavailable'))
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
      const starting = (stopFollowing = () => undefined)
      await load()
      notice()
      // stopped meanwhile
      if (stopFollowing !== starting) return
      await followKeys().catch(() => undefined)
      if (stopFollowing !== starting) return
      stopFollowing = follow(
        ports,
        pollMs,
        () => `${hub}${path('stream', `since=${store.newest()}&key=${options.key}`)}`,
        (delta) => refresh(false, delta),
        (open) => {
          notice()
          const held = active()
          const next = store.next()
          const ends = [held && held.header.refreshAfter, held && held.header.expiresAt, next && next.header.validFrom].map((at = 0) => at * 1000 - now())
          // stale, though the hub could have said something
          if (open && held && (ends[0] as number) <= 0) void refresh()
          return Math.min(600_000, ...ends.filter((ms) => ms > 0))
        },
      )
    },
    refresh: () => refresh(),
    stop() {
      if (stopFollowing) stopFollowing()
      stopFollowing = undefined
    },
    state: store.state,
    version,
    scheduled() {
      active() // what is due is no longer scheduled
      const next = store.next()
      return next && { version: next.header.version, validFrom: next.header.validFrom * 1000 }
    },
    untrusted: store.untrusted,
    price: (sku, context) => bind(context)(sku),
    bind,
    prepare: async (skus, context = {}) => (view ? view.prepare(skus, context) : active() ? accept(version()) : refuse('no-release')),
    rows(book) {
      const texts = releaseTexts()
      const found = texts && texts.books[book]
      return found ? ([] as Row[]).concat(...found.buckets.map((bucket) => JSON.parse(bucket) as Row[])) : []
    },
    release: active,
    releaseTexts,
    waitFor: (wanted) =>
      new Promise((resolve) => {
        waiting.push((at) => at < wanted || resolve())
        notice()
      }),
    save: store.save,
    now,
  }
}
