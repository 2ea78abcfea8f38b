import type { FactBody, FactRef, Issue } from '@omokit/core'
import type { Outbox, OutboxStats, StreamStats } from '@omokit/core/outbox'
import type { TrackerPlugin } from '../plugin'

/** What is looked at of an outbox. A slim one has neither: then events and issues are all there is to see. */
export type DebugOutbox = Partial<Pick<Outbox, 'stats' | 'quarantine'>>

/** An event on its way. */
export interface DebugEvent {
  readonly event: string
  readonly body: FactBody
  /** Absent: it is not stored, or not yet. */
  readonly ref?: FactRef
  /** How far it came: `confirmed` is with the hub, `refused` was sent back by it. */
  readonly state: 'notStored' | 'stored' | 'confirmed' | 'refused'
}

/** What is known at one moment, newest first. */
export interface DebugSnapshot {
  /** Facts that wait for the hub; absent where the outbox does not tell. */
  readonly pending?: number
  readonly streams: readonly (StreamStats & {
    /** Numbers given out that are neither confirmed nor held: being stored right now, or given up for lack of room. */
    readonly gap: number
  })[]
  readonly events: readonly DebugEvent[]
  /** What was refused and why, by tracker or outbox. */
  readonly issues: readonly Issue[]
  /** Facts the hub refused. */
  readonly refused: readonly { readonly ref: FactRef; readonly code: string }[]
}

/** Looks over the shoulder of a tracker and an outbox. */
export interface Debug {
  /** Goes last among the tracker's plugins: then it sees what the others made of an event. */
  readonly plugin: TrackerPlugin
  /** For the option `onIssue`; call your own from `also`. */
  readonly onIssue: (issue: Issue) => void
  snapshot(outbox: DebugOutbox): Promise<DebugSnapshot>
  /** Called when an event or an issue came; answers the function that ends it. */
  onChange(listener: () => void): () => void
  clear(): void
}

/**
 * Remembers the last events and issues (default 50 each) for a panel on the page, {@link showDebugPanel}, or a text, `debugText`. For development: bodies
 * stay in memory, nothing is stored or sent.
 *
 * @example
 * const debug = createDebug()
 * const shop = createOmokitCore({ brand, hub, key, plugins: [debug.plugin], onIssue: debug.onIssue })
 * showDebugPanel({ debug, outbox: shop.outbox })
 */
export function createDebug(options: { readonly most?: number; readonly also?: (issue: Issue) => void } = {}): Debug {
  const { most = 50, also } = options
  const events: { event: string; body: FactBody; ref?: FactRef }[] = []
  const issues: Issue[] = []
  const listeners = new Set<() => void>()

  function remember<T>(list: T[], one: T): void {
    list.unshift(one)
    list.splice(most)
    tell()
  }
  function tell(): void {
    listeners.forEach((listener) => {
      try {
        listener()
      } catch {
        // a listener's mistake must not cost the event
      }
    })
  }

  return {
    plugin: {
      name: 'debug',
      before(event, body) {
        remember(events, { event, body })
        return body
      },
      after({ event, body, ref }) {
        // the oldest of that name that waits: facts are stored in call order
        const waiting = events.filter((one) => one.event === event && !one.ref).pop()
        if (waiting) Object.assign(waiting, { body, ref })
        tell()
      },
    },
    onIssue(issue) {
      remember(issues, issue)
      if (also) also(issue)
    },
    async snapshot(outbox) {
      const { pending, streams }: Partial<OutboxStats> & Pick<OutboxStats, 'streams'> = outbox.stats ? await outbox.stats() : { streams: [] }
      const quarantine = outbox.quarantine ? await outbox.quarantine() : []
      const refused = new Set(quarantine.map(({ stream, seq }) => `${stream}.${seq}`))
      const acked = new Map(streams.map((one) => [one.stream, one.acked] as const))
      const stateOf = (ref: FactRef | undefined): DebugEvent['state'] =>
        !ref ? 'notStored' : refused.has(`${ref.stream}.${ref.seq}`) ? 'refused' : (acked.get(ref.stream) || 0) >= ref.seq ? 'confirmed' : 'stored'
      return {
        ...(pending !== undefined && { pending }),
        streams: streams.map((one) => Object.assign({ gap: Math.max(0, one.head - one.acked - one.pending) }, one)),
        refused: quarantine.map(({ stream, seq, code }) => ({ ref: { stream, seq }, code })),
        events: events.map((one) => Object.assign({ state: stateOf(one.ref) }, one)),
        issues: issues.slice(),
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    clear() {
      events.length = issues.length = 0
      tell()
    },
  }
}
