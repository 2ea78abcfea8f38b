import { codeOf, type Clock, type FactBody, type FactRef, type Ids, type Issue, type Kv, type Place } from '@omokit/core'
import type { FlushReport, Outbox } from '@omokit/core/outbox'
import type { BodyOf, EventName } from './event-bodies'
import { plain } from './plain'
import { createSession, type Campaign } from './session'

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
  /** Calls made before this resolves wait in memory (at most 100): who and may are not known yet. Asked at the first call. */
  readonly ready?: () => Promise<unknown>
  /** Tells when the answer of `may` changed; returns the function that takes the listener off. */
  readonly onConsent?: (listener: () => void) => () => void
  readonly place?: Place | (() => Place)
  /** Keeps the session across page loads; written under consent only. */
  readonly kv?: Kv
  readonly session?: SessionOptions
  /** What happens to calls before a choice: dropped (default), or held in memory, at most the first 100, until there is one. */
  readonly hold?: 'drop' | 'memory'
  /** Sees every body before it is stored and answers the one to store, or undefined to drop the event: a scrubber, a plan's check. */
  readonly before?: (event: string, body: FactBody) => FactBody | undefined
  /** What kept a call from reaching the outbox; of what happens there the outbox reports. Never throws into the host. */
  readonly onIssue?: (issue: Issue) => void
}

export interface SessionOptions {
  /** Milliseconds without an event after which the next one opens a new session, default 1,800,000. */
  readonly idleMs?: number
  /** Where the visit came from; goes with `Session Started`. */
  readonly campaign?: Campaign
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
  readonly done?: (ref: FactRef | undefined | Promise<FactRef | undefined>) => void
}

const mostWaiting = 100

/** A tracker on an outbox. Creating one touches nothing; before consent nothing is stored or sent. */
export function createTracker(options: TrackerOptions): Tracker {
  const { outbox, clock, may } = options
  const session = createSession(options)
  let opened = !options.ready && !options.kv
  let opening: Promise<void> | undefined
  let waiting: Call[] = []

  if (options.onConsent)
    options.onConsent(() => {
      if (may('analytics') === false) session.forget()
      drain(true)
    })

  const report = (error: unknown, path: string): undefined => {
    try {
      if (options.onIssue) options.onIssue({ code: codeOf(error) || 'invalid', path })
    } catch {
      // a listener's mistake must not reach the page
    }
  }

  async function open(): Promise<void> {
    try {
      if (options.ready) await options.ready()
      if (may('analytics')) await session.restore()
    } catch (error) {
      report(error, 'ready')
    }
    opened = true
    drain(false)
  }

  const shaped = (name: string, body: FactBody): FactBody | undefined => (options.before ? options.before(name, body) : body)
  const verdict = (call: Call): boolean | undefined => may(call.options.purpose || 'analytics')

  function drain(choiceMade: boolean): void {
    const calls = waiting
    waiting = []
    for (const call of calls) {
      if (!opened || (!choiceMade && options.hold === 'memory' && verdict(call) === undefined)) waiting.push(call)
      else if (call.done) call.done(take(call))
    }
  }

  /** Stores the call if consent allows; the append happens before this returns. */
  function take(call: Call): Promise<FactRef | undefined> {
    try {
      if (!verdict(call)) return Promise.resolve(report({ name: 'OmoError', code: 'no-consent' }, call.name))
      const now = clock.read()
      const ids = options.who()
      const place = call.options.place || (typeof options.place === 'function' ? options.place() : options.place)
      const consent = options.granted && options.granted()
      const about = { ...(place && { place }), ...(consent && { consent }) }
      const append = (kind: string, body: FactBody): Promise<FactRef> =>
        outbox.append({ kind, body: { ...body, ...ids }, ...about, ...(call.options.priority !== undefined && { priority: call.options.priority }) })
      const failed = (): undefined => undefined // the outbox has reported it
      const open = may('analytics') ? session.at(now.now, ids.anonId) : undefined
      const started = open && open.started && shaped('Session Started', open.started)
      if (started) append('Session Started', started).catch(failed)
      const held = Math.round(now.mono - call.mono)
      return append(call.name, { ...call.body, ...(open && { session: open.id }), ...(held > 999 && { heldMs: held }) }).catch(failed)
    } catch (error) {
      return Promise.resolve(report(error, call.name))
    }
  }

  return {
    track(name, ...[body, detail]) {
      try {
        const own = shaped(name, plain(body || {}) as FactBody)
        if (!own) return Promise.resolve(undefined)
        const call: Call = { name, body: own, options: detail || {}, mono: clock.read().mono }
        if (!opened) opening = opening || open()
        if (opened && (options.hold !== 'memory' || verdict(call) !== undefined)) return take(call)
        if (waiting.length >= mostWaiting) return Promise.resolve(report({ name: 'OmoError', code: 'too-many' }, name))
        return new Promise((done) => waiting.push({ ...call, done }))
      } catch (error) {
        return Promise.resolve(report(error, name))
      }
    },
    flush: () => outbox.flush(),
  }
}
