import type { Clock } from '../clock'
import { accept, refuse } from '../issues'
import type { Issue, Result } from '../issues'
import type { Crypto, Ports } from '../ports'
import { activeKey } from './active-key'
import { asciiHash } from './ascii-hash'
import { applyDelta, mergeDeltas, readDelta } from './delta'
import type { Delta } from './delta'
import { holdRelease } from './held-release'
import type { HeldRelease } from './held-release'
import { unpack } from './pack'
import { raisesPrices } from './raises-prices'
import { checkStated, verifyHeader, verifyTexts } from './release'
import type { ExpectedRelease } from './release'
import type { ReleaseView } from './release-view'
import { createShelf, otherSlot } from './shelf'
import type { Chain } from './shelf'
import type { BookName, ReleaseState, ReleaseTexts, SigningKey } from './types'
import type { Floor } from './verify-signed'

/** Options of {@link createReleaseStore}. */
export interface ReleaseStoreOptions {
  readonly ports: Ports
  readonly clock: Clock
  readonly keys: readonly SigningKey[]
  /** Default: `ports.crypto`. */
  readonly crypto?: Crypto
  /** Books to hold, of those a release names; all when left out. */
  readonly wanted?: (book: BookName) => boolean
  /** The store this device stands in: pilot releases of other stores are refused. */
  readonly store?: string
  /** Asked before each write; false keeps releases in memory only (before consent). Default: always. */
  readonly persist?: () => boolean
  /** Hears of everything that was refused or found damaged. */
  readonly onIssue?: (issue: Issue) => void
  /** A stored bucket turned out damaged when it was looked at: fetch the pack again. */
  readonly onDamage?: () => void
  /** Hold a view instead of whole releases: `take` then takes the view's text, there are no deltas. */
  readonly view?: ReleaseView | undefined
}

/**
 * Two releases at most: the one in force and the one scheduled. What it hands out was verified; what is older, empty, forged
 * or of another brand never replaces what it holds. Calls are worked off one after another.
 */
export interface ReleaseStore {
  /** Reads what this device holds; call once before the first take. Writes nothing. Rejects when the storage does not answer: call again. */
  load(): Promise<void>
  /** Takes a whole release as a pack. The version held afterwards; issues as `verifyRelease`. */
  take(pack: string): Promise<Result<number>>
  /** Takes a delta on the newest release held. `base-lost`: fetch the pack. */
  takeDelta(delta: string): Promise<Result<number>>
  /** The release in force: brings the scheduled one into force when its time has come. */
  active(): HeldRelease | undefined
  next(): HeldRelease | undefined
  /** The newest version held, 0 for none: deltas build on it. */
  newest(): number
  /** `empty`, `fresh`, `stale` (ask again) or `expired` (list prices stay and are flagged, promotions stop). */
  state(): ReleaseState
  /** Whether a clock nobody vouched for decided which release is in force. */
  untrusted(): boolean
  /** Replaces the trusted keys. When the key behind the floor is no longer active, the floor falls: recovery from fast-forward. */
  setKeys(keys: readonly SigningKey[]): Promise<void>
  /** Writes what was kept in memory, once `persist` allows it. */
  save(): Promise<void>
}

export function createReleaseStore(options: ReleaseStoreOptions): ReleaseStore {
  const { ports, clock, view, crypto = ports.crypto as Crypto, persist = () => true, onIssue = () => undefined, onDamage = () => undefined } = options
  const shelf = createShelf((view || ports).kv, ports.locks)
  let keys = options.keys
  let floor: Floor | undefined
  let active: HeldRelease | undefined
  let next: HeldRelease | undefined
  let byDevice = false
  /** The scheduled one, where it was found to raise prices. */
  let raising: HeldRelease | undefined
  let broken = false
  let pausing = 0
  let last: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(run: () => T | Promise<T>): Promise<T> => {
    const turn = last.then(run)
    last = turn.catch(() => undefined)
    return turn
  }
  const trusted = (): boolean => /^server/.test(clock.read().source)
  const expectedEver = (): ExpectedRelease => ({ wanted: options.wanted, crypto, outline: !!view, brand: ports.env.brand, keys })
  const expected = (more: Partial<ExpectedRelease>): ExpectedRelease =>
    Object.assign(
      expectedEver(),
      {
        store: options.store || null,
        floor,
        now: trusted() ? clock.read().now : undefined,
        // a step of slow work is 8 ms, then whatever else waits gets its turn; a process has no frames to keep, and its timers may not hold it alive
        pause: async () => {
          if (ports.time.mono() < pausing || /^(node|memory)$/.test(ports.env.platform)) return
          await new Promise<void>((resolve) => ports.timer.after(0, resolve))
          pausing = ports.time.mono() + 8
        },
      },
      more,
    )
  const hold = (texts: ReleaseTexts, verified: boolean): HeldRelease =>
    view
      ? view.hold(texts)
      : holdRelease(texts, verified, (issue) => {
          broken = true
          onIssue(issue)
          onDamage()
        })
  const newest = (): HeldRelease | undefined => next || active
  const versionOf = (held: HeldRelease | undefined): number => (held ? held.header.version : 0)
  const reported = (run: () => Promise<Result<number>>): Promise<Result<number>> =>
    inTurn(async () => {
      // while the storage does not answer, the floor this context knows holds
      if (persist()) await raiseFloor().catch(() => undefined)
      const result = await run()
      if (!result.ok) result.issues.forEach(onIssue)
      return result
    })

  /** Another tab may have gone ahead: its floor binds this one too. */
  async function raiseFloor(): Promise<void> {
    const stored = await shelf.floor()
    if ((!floor || (stored.version as number) > floor.version) && activeKey(keys, stored.kid as string)) floor = stored as Floor
  }

  function isDue(held: HeldRelease): boolean {
    const now = clock.read().now / 1000
    const { validFrom } = held.header
    if (now < validFrom) return false
    if (trusted() || !active) return true
    const wait = held.stated['increase-wait']
    if (now >= validFrom + (typeof wait === 'number' ? wait : 86_400)) return true
    if (held !== raising && !raisesPrices(active.texts, held.texts)) return true
    raising = held
    return false
  }

  /** All checks have passed: make it durable, then let it be seen. */
  async function settle(texts: ReleaseTexts, verified: boolean, delta?: string): Promise<Result<number>> {
    const held = hold(texts, verified)
    const { version, kid } = held.header
    const from = versionOf(newest())
    const prior = !!next && version < from
    const due = prior || isDue(held)
    const untrusted = !trusted()
    if (!prior) floor = { version, head: asciiHash('head', texts.signed.text), kid }
    // after a damaged bucket or a fallen floor what lies in storage is not ahead, whatever its number
    if (persist() && floor) await shelf.put(texts, floor, due, untrusted, broken || (!next && version < from), prior, from, delta).catch(full)
    broken = false
    if (!due) next = held
    else if (!prior || !active) {
      // the scheduled one may have come into force while the one before it was written
      active = held
      byDevice = untrusted
      if (!prior) next = undefined
    }
    return accept(version)
  }

  function current(): HeldRelease | undefined {
    if (next && isDue(next)) {
      active = next
      next = undefined
      byDevice = !trusted()
      if (persist()) inTurn(() => shelf.promote(versionOf(active), byDevice)).catch(full)
    }
    return active
  }

  function full(): void {
    onIssue({ code: 'quota', path: 'release' })
  }

  async function open(chain: Chain): Promise<HeldRelease | undefined> {
    const [text, ...more] = await shelf.read(chain)
    const base = unpack(text)
    if (!base.ok) return undefined
    const deltas: Delta[] = [{ signed: base.value.signed, rows: {} }]
    // up to the first that cannot be read
    more.map(readDelta).every((delta) => delta.ok && deltas.push(delta.value))
    // all deltas as one, hashed once; on a mismatch one entry less, until something is whole
    for (; deltas.length; deltas.pop()) {
      const texts = applyDelta(base.value, mergeDeltas(deltas))
      const sound = texts.ok && (await verifyTexts(texts.value, expectedEver(), true))
      if (sound && sound.ok) return hold(sound.value, false)
    }
    return undefined
  }

  return {
    load: () =>
      inTurn(async () => {
        floor = undefined
        await raiseFloor()
        const { a, n, u } = await shelf.head()
        active = a && (await open(a))
        next = n && (await open(n))
        if (a && !active) {
          // the last resort: what was in force before, in the other slot
          const before = await open([otherSlot(a), 0, 0, 0])
          if (versionOf(before) < a[2]) active = before
        }
        byDevice = !!u
        if ((a && versionOf(active) < a[2]) || (n && !next)) onIssue({ code: 'base-lost', path: 'stored', have: versionOf(active) })
        if (versionOf(next) <= versionOf(active)) next = undefined
        // it was in force on trusted time once: now cannot be before that
        if (active && !byDevice) clock.floor(active.header.validFrom * 1000)
      }),

    take: (text) =>
      reported(async () => {
        const base = newest()
        const read = view ? view.read(text, base && base.texts) : unpack(text)
        if (!read.ok) return read
        const head = read.value.signed
        const { version } = head.header
        // the release before a scheduled one, for a device that has none: vouched for by the scheduled header's prev
        const prior = next && !active && version < versionOf(next) && asciiHash('head', head.text) === next.header.prev
        const verified = await verifyTexts(read.value, expected(prior ? { floor: undefined } : { held: base && base.texts }))
        if (!verified.ok) return verified
        if (!broken && (version === versionOf(active) || version === versionOf(next))) return accept(version)
        if (view && base) await view.ready(verified.value, base.texts)
        return settle(verified.value, true)
      }),

    takeDelta: (text) =>
      reported(async () => {
        const delta = readDelta(text)
        if (!delta.ok) return delta
        const base = newest()
        const { header } = delta.value.signed
        const signed = await verifyHeader(delta.value.signed, expected({}))
        if (!signed.ok) return signed
        if (header.version === versionOf(base)) return accept(header.version)
        if (!base) return refuse('base-lost', { have: 0 })
        const applied = applyDelta(base.texts, delta.value)
        if (!applied.ok) return applied
        const checked = checkStated(applied.value, header, expected({ held: base.texts }))
        if (!checked.ok) return checked
        return settle(applied.value, base.whole, text)
      }),

    active: current,
    next: () => next,
    newest: () => versionOf(newest()),
    state() {
      const held = current()
      if (!held) return 'empty'
      const now = clock.read().now / 1000
      const { refreshAfter, expiresAt, kid } = held.header
      return now >= expiresAt ? 'expired' : now >= refreshAfter || !activeKey(keys, kid) ? 'stale' : 'fresh'
    },
    untrusted: () => !trusted() && (byDevice || !!next),
    setKeys: (given) =>
      inTurn(() => {
        keys = given
        if (floor && !activeKey(keys, floor.kid)) floor = undefined
      }),
    save: () =>
      inTurn(async () => {
        if (view) await view.save()
        if (!persist() || !floor) return
        for (const held of [active, next]) if (held) await shelf.put(held.texts, floor, held === active, byDevice)
      }),
  }
}
