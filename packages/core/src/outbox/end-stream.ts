import { isTradeStream } from './trade-stream'
import type { Engine } from './engine'
import { endedKind, endOf, unlinkedText } from './record'
import { forgetStream, seize } from './stream'

/**
 * Settles a stream nobody uses: states what its last owner left uncertain, and does what its mark asks for: deletes what is purged, moves what a fork left unsent, and when the hub knows an
 * ended stream, states in trade where it ended and forgets it. Decided first, stored, then done: a crash repeats the same
 * statement and no other.
 *
 * @returns whether something came of it that is to be sent
 */
export async function endStream(engine: Engine, id: string): Promise<boolean> {
  const { ports, ledger, lanes } = engine
  const lock = await seize(ports.locks, 'stream/' + id)
  try {
    let mark = await ledger.read('e/', id)
    if (!lock && !mark) return false
    const log = ports.log.open(id)
    const { acked, tried } = await ledger.sent(id)
    const single = isTradeStream(id)
    const { last } = await log.stats()
    const unsent = mark && mark !== 'end' && last > acked ? await log.read(acked + 1, 1e9, 1e9) : []
    const head = await ledger.read('s/', id)
    if (mark === 'fork') {
      const lane = lanes.find(({ kind }) => head && kind.name === head.lane)
      if (!lock || !lane || !unsent.length) return false
      for (const { text } of unsent) await lane.add(unlinkedText(text))
      // what the hub saw stays as evidence
      await log.drop(
        last,
        (await log.read(0, 1e9, 1e9)).map(({ seq }) => seq).filter((seq) => seq <= acked),
      )
      return true
    }
    if (!mark || mark === 'end') {
      if (!lock) return false
      // numbers given out, or ready for it, that are nowhere
      if (await engine.settle(id, lock)) return true
      // a page's stream of one record of trade is over once the hub has it
      if (!(mark || single) || last > acked) return false
      mark = { through: acked, purged: 0 }
    } else if (mark === 'purge') {
      await ledger.write('e/', id, (mark = { through: acked, purged: unsent.length }))
    }
    // purged facts go at once, even from under a live owner; the stream itself is ended when it is given up
    await log.drop(last)
    if (!lock) return false
    const body = endOf(id, mark, acked)
    if (tried && !single) for (const lane of lanes) if (lane.kind.name === 'trade') await lane.add(engine.textOf({ kind: endedKind, body }))
    await forgetStream(ports, id, log)
    return tried > 0
  } finally {
    if (lock) await lock.release()
  }
}
