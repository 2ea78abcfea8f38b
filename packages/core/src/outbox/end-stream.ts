import type { Lane, StreamEndedBody } from '../facts'
import { unlinkedText } from './record'
import { openStream, seize } from './stream'
import type { StreamContext } from './stream'

export interface EndOptions {
  readonly context: StreamContext
  /** Puts a statement into trade. */
  readonly state: (body: StreamEndedBody) => Promise<unknown>
  /** Puts an unsent fact of a forked stream into another one. */
  readonly move: (lane: Lane, text: string) => Promise<unknown>
}

/**
 * Settles a stream nobody uses: states what its last owner left uncertain, and does what its mark asks for: deletes what is purged, moves what a fork left unsent, and when the hub knows an
 * ended stream, has `state` say where it ended and forgets it. Decided first, stored, then done: a crash repeats the same
 * statement and no other.
 *
 * @returns whether something came of it that is to be sent
 */
export async function endStream({ context, state, move }: EndOptions, id: string): Promise<boolean> {
  const { ports, ledger } = context
  const lock = await seize(ports.locks, 'stream/' + id)
  try {
    let mark = await ledger.mark(id)
    if (!lock && !mark) return false
    const log = ports.log.open(id)
    const { acked, tried } = await ledger.sent(id)
    const { last } = await log.stats()
    const unsent = mark && mark !== 'end' && last > acked ? await log.read(acked + 1, 1e9, 1e9) : []
    const head = await ledger.head(id)
    if (mark === 'fork') {
      if (!lock || !head || !unsent.length) return false
      for (const { text } of unsent) await move(head.lane, unlinkedText(text))
      // what the hub saw stays as evidence
      await log.drop(
        last,
        (await log.read(0, 1e9, 1e9)).map(({ seq }) => seq).filter((seq) => seq <= acked),
      )
      return true
    }
    if (!mark || mark === 'end') {
      if (!lock) return false
      if (head && head.reserved > Math.max(last, tried)) {
        // numbers given out, or ready for it, that are nowhere: taking the stream over states them
        const owned = await openStream(context, id, undefined, lock)
        if (owned) await owned.close()
        return owned !== undefined
      }
      if (!mark || last > acked) return false
      mark = { through: acked, purged: 0 }
    } else if (mark === 'purge') {
      await ledger.setMark(id, (mark = { through: acked, purged: unsent.length }))
    }
    // purged facts go at once, even from under a live owner; the stream itself is ended when it is given up
    await log.drop(last)
    if (!lock) return false
    // an answer may have come in late
    const late = Math.max(0, acked - mark.through)
    if (tried) await state({ stream: id, through: mark.through + late, purged: Math.max(0, mark.purged - late) })
    await ledger.forget(id)
    return tried > 0
  } finally {
    if (lock) await lock.release()
  }
}
