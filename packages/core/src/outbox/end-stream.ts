import type { Lane, StreamEndedBody } from '../facts'
import type { Ports } from '../ports'
import type { Head, Ledger } from './ledger'
import { unlinkedText } from './record'
import { seize } from './stream'

export interface EndOptions {
  readonly ports: Ports
  readonly ledger: Ledger
  /** Puts a statement into trade. */
  readonly state: (body: StreamEndedBody) => Promise<unknown>
  /** Puts an unsent fact of a forked stream into another one. */
  readonly move: (lane: Lane, text: string) => Promise<unknown>
}

/**
 * Does what a stream's mark asks for: deletes what is purged, moves what a fork left unsent, and when the hub knows an
 * ended stream, has `state` say where it ended and forgets it. Decided first, stored, then done: a crash repeats the same
 * statement and no other.
 *
 * @returns whether something came of it that is to be sent
 */
export async function endStream({ ports, ledger, state, move }: EndOptions, id: string): Promise<boolean> {
  const lock = await seize(ports.locks, 'stream/' + id)
  try {
    let mark = await ledger.mark(id)
    const log = ports.log.open(id)
    const acked = await ledger.acked(id)
    const { last } = await log.stats()
    if (!mark) return false
    if (mark === 'fork') {
      const head = await ledger.head(id)
      const unsent = lock && head && last > acked ? await log.read(acked + 1, 1e9, 1e9) : []
      for (const { text } of unsent) await move((head as Head).lane, unlinkedText(text))
      // what the hub saw stays as evidence
      if (unsent.length) await log.drop(last, (await log.read(0, 1e9, 1e9)).map(({ seq }) => seq).filter((seq) => seq <= acked))
      return unsent.length > 0
    }
    if (mark === 'purge') {
      const unsent = last > acked ? await log.read(acked + 1, 1e9, 1e9) : []
      await ledger.setMark(id, (mark = { through: acked, purged: unsent.length }))
    }
    // purged facts go at once, even from under a live owner; the stream itself is ended when it is given up
    if (mark !== 'end') await log.drop(last)
    if (!lock || (mark === 'end' && last > acked)) return false
    if (mark === 'end') await log.drop(last)
    const ended = mark === 'end' ? { through: acked, purged: 0 } : mark
    const body = ended.through ? { stream: id, ...ended } : undefined
    if (body) await state(body)
    await ledger.forget(id)
    return body !== undefined
  } finally {
    if (lock) lock.release()
  }
}
