import { codeOf, OmoError, type Result } from '@omokit/core'
import type { MappedEvent, Outgoing } from '@omokit/core/maps'
import type { TrackerPlugin } from '../plugin'

/** What every destination takes. */
export interface ForwardOptions {
  /** What must be granted before anything goes there, beside the event's own purpose. It is asked again for each event. */
  readonly purpose: string
  /** Names of the events that go there, default all. */
  readonly only?: readonly string[]
  /** true: `anonId` and `userId` go along. Default false: the other tool has its own. */
  readonly ids?: boolean
}

/** Options of {@link createDestination}. */
export interface DestinationOptions<T> extends ForwardOptions {
  /** Names it in issues. */
  readonly name: string
  /** The event in the other tool's words, or why not. `unknown-kind`: it has none for this event, which then stays here. */
  readonly map: (event: MappedEvent) => Result<Outgoing<T>>
  /** Hands it over. What it throws or rejects is told as `unavailable` and costs nobody anything. */
  readonly send: (message: T) => unknown
}

/**
 * A plugin that forwards a copy of every stored event to another tool. omokit's own delivery does not depend on it: the copy is made once, after
 * the event was stored, and is not kept when it fails. Failures go to the tracker's `onIssue` with the name of the destination as path.
 */
export function createDestination<T>({ name, purpose, only, ids, map, send }: DestinationOptions<T>): TrackerPlugin {
  return {
    name,
    async after({ event, body, ref, may }) {
      if (!may(purpose) || (only && only.indexOf(event) < 0)) return
      const { anonId, userId, session: _, deviceShared: _shared, ...fields } = body
      const own = ids ? Object.assign(fields, anonId !== undefined && { anonId }, userId !== undefined && { userId }) : fields
      const mapped = map({ kind: event, body: own, id: `${ref.stream}.${ref.seq}` })
      if (!mapped.ok) {
        const { code, path } = mapped.issues[0] as (typeof mapped.issues)[number]
        if (code === 'unknown-kind') return
        throw new OmoError(code, `${event} ${path || ''}`)
      }
      try {
        await send(mapped.value.message)
      } catch (error) {
        throw new OmoError(codeOf(error) || 'unavailable', name, error)
      }
    },
  }
}
