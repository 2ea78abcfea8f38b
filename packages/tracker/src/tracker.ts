import { codeOf, type Clock, type FactBody, type FactDraft, type FactRef, type Ids, type Issue, type IssueCode, type Place } from '@omokit/core'
import type { FlushReport, Outbox } from '@omokit/core/outbox'
import type { BodyOf, EventName } from './event-bodies'
import { plain } from './plain'
import type { PluginContext, TrackerPlugin } from './plugin'
import { createSession, type Campaign, type SessionStore } from './session'

/** Options of {@link createTracker}. */
export interface TrackerOptions {
  readonly outbox: Pick<Outbox, 'append' | 'flush'>
  readonly clock: Clock
  /** The ids consent allows on a fact right now. */
  readonly who: () => Ids
  /** true: consented. false: refused. undefined: nobody was asked yet. */
  readonly may: (purpose: string) => boolean | undefined
  /** The purposes granted right now; goes with every fact as its snapshot. */
  readonly granted?: () => readonly string[]
  /** Calls made before this resolves wait in memory (at most 50,000): who and may are not known yet. Asked at the first call. */
  readonly ready?: () => Promise<unknown>
  /** Tells when the answer of `may` changed; returns the function that takes the listener off. */
  readonly onConsent?: (listener: () => void) => () => void
  readonly place?: Place | (() => Place)
  /** Keeps the session across page loads; written under consent only. */
  readonly kv?: SessionStore
  readonly session?: SessionOptions
  /** What happens to calls before a choice: dropped (default), or held in memory, at most the first 100, until there is one. */
  readonly hold?: 'drop' | 'memory'
  /** What sees events before and after they are stored: a scrubber, a plan's check, sampling, a destination. */
  readonly plugins?: readonly TrackerPlugin[]
  /** What kept a call from reaching the outbox; of what happens there the outbox reports. Never throws into the host. */
  readonly onIssue?: (issue: Issue) => void
}

export interface SessionOptions {
  /** Milliseconds without an event after which the next one opens a new session, default 1,800,000. */
  readonly idleMs?: number
  /**
   * Where the visit came from; goes with `Session Started`. A function is asked at each event: another answer than the running session
   * began with opens a new one, no answer goes on with it.
   */
  readonly campaign?: Campaign | (() => Campaign | undefined)
}

/** What one call of `track` may say beside its body. */
export interface TrackOptions {
  /** The purpose that must be granted, default "analytics". */
  readonly purpose?: string
  readonly place?: Place
  /** Lower leaves first when the device's quota is full. */
  readonly priority?: 0 | 1 | 2
}

/** Records what people do, under their consent, on the durable outbox. */
export interface Tracker {
  /**
   * Records an event. The promise resolves with the fact's address once it is stored, or with undefined when it was not
   * (no consent, quota, a body that is not plain data); the reason goes to `onIssue`, here or of the outbox. It never rejects and never throws.
   * The body is copied before the call returns. Ids and session are added to it as `anonId`, `userId`, `session`.
   */
  track<N extends EventName>(
    name: N,
    ...rest: FactBody extends BodyOf<N> ? [body?: BodyOf<N>, options?: TrackOptions] : [body: BodyOf<N>, options?: TrackOptions]
  ): Promise<FactRef | undefined>
  /** Sends now what is stored. */
  flush(): Promise<FlushReport>
}

interface Call {
  readonly name: string
  readonly body: FactBody
  readonly options: TrackOptions
  readonly mono: number
}

/** Calls that wait for somebody's choice. */
const mostHeld = 100
/** Calls that wait for storage to be read: as many as an outbox keeps. */
const mostUnread = 50_000

/** A tracker on an outbox. Creating one touches nothing; before consent nothing is stored or sent. */
export function createTracker(options: TrackerOptions): Tracker {
  const { outbox, clock, may, ready, hold, kv, plugins = [] } = options
  const session = createSession(options)
  let opened = !ready && !kv
  let opening: Promise<void> | undefined
  const waiting: ((chosen?: boolean) => void)[] = []

  if (options.onConsent)
    options.onConsent(() => {
      if (may('analytics') === false) session.forget()
      drain(true)
    })

  const report = (code: IssueCode | undefined, path: string): undefined => {
    try {
      if (options.onIssue) options.onIssue({ code: code || 'invalid', path })
    } catch {
      // a listener's mistake must not reach the page
    }
  }

  async function open(): Promise<void> {
    try {
      if (ready) await ready()
      if (may('analytics')) await session.restore()
    } catch (error) {
      report(codeOf(error), 'ready')
    }
    opened = true
    drain()
  }

  /** Takes the call once it is known who is here and, as far as this tracker waits for it, whether they agree; until then it waits. */
  function settle(call: Call, chosen?: boolean): Promise<FactRef | undefined> | undefined {
    if (opened && (chosen || hold !== 'memory' || may(call.options.purpose || 'analytics') !== undefined)) return take(call)
    if (waiting.length >= (opened ? mostHeld : mostUnread)) return report('too-many', call.name)
    return new Promise((done) => waiting.push((late) => done(settle(call, late))))
  }

  const drain = (chosen?: boolean): void => waiting.splice(0).forEach((again) => again(chosen))

  /** Stores the call if consent allows; the append happens before this returns. */
  async function take({ name, body, options: detail, mono }: Call): Promise<FactRef | undefined> {
    const { purpose = 'analytics', priority, place: given = options.place } = detail
    if (!may(purpose)) return report('no-consent', name)
    const { now, mono: reached } = clock.read()
    const ids = options.who()
    const place = typeof given === 'function' ? given() : given
    const visit = may('analytics') ? session.at(now, ids.anonId) : undefined
    const about = Object.assign({}, visit && { session: visit.id }, ids)
    const context: PluginContext = Object.assign({}, about, { place, may })
    const append = (event: string, shaped: FactBody | undefined): Promise<FactRef | undefined> | undefined => {
      for (const { before } of plugins) if (before && shaped) shaped = before(event, shaped, context)
      const body = Object.assign({}, shaped, about)
      return (
        shaped &&
        outbox.append({ kind: event, body, place, consent: options.granted && options.granted(), priority } as FactDraft).then(
          (ref) => {
            for (const { name: plugin, after } of plugins)
              if (after)
                void Promise.resolve(Object.assign({}, context, { event, body, ref }))
                  .then(after)
                  .catch((error) => report(codeOf(error), plugin))
            return ref
          },
          () => undefined, // what goes wrong there the outbox reports
        )
      )
    }
    void append('Session Started', visit && visit.started)
    const held = Math.round(reached - mono)
    return append(name, Object.assign({}, body, held > 999 && { heldMs: held }))
  }

  return {
    async track(name, ...[body, detail]) {
      try {
        const own = plain(body || {}) as FactBody
        const { mono } = clock.read()
        if (!opened) opening = opening || open()
        // awaited, so that what settling and taking throw is caught here
        return await settle({ name, body: own, options: detail || {}, mono })
      } catch (error) {
        return report(codeOf(error), name)
      }
    },
    flush: () => outbox.flush(),
  }
}
