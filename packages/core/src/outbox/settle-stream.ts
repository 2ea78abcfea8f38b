import type { Engine } from './engine'
import { unlinkedText } from './record'
import { seize } from './stream'
import type { Lock } from './stream'

/**
 * Settles a stream nobody uses: states what its last owner left uncertain, and moves what a fork left unsent.
 *
 * @returns whether something came of it that is to be sent
 */
export async function settleStream(engine: Engine, id: string, lock?: Lock): Promise<boolean> {
  const { ports, ledger, lanes } = engine
  lock = lock || (await seize(ports.locks, 'stream/' + id))
  if (!lock) return false
  try {
    const log = ports.log.open(id)
    const mark = await ledger.read('e/', id)
    const head = await ledger.read('s/', id)
    const { acked, tried } = await ledger.sent(id)
    const { last } = await log.stats()
    const lane = lanes.find(({ kind }) => head && kind.name === head.lane)
    if (!head || !lane) return false
    if (mark === 'fork') {
      const unsent = await log.read(acked + 1, 1e9, 1e9)
      for (const { text } of unsent) await lane.add(unlinkedText(text))
      // what the hub saw stays as evidence
      if (unsent.length)
        await log.drop(
          last,
          (await log.read(0, acked, 1e9)).map(({ seq }) => seq).filter((seq) => seq <= acked),
        )
      return unsent.length > 0
    }
    // numbers given out, or ready for it, that are nowhere: taking the stream over states them
    const owned = (!mark || mark === 'end') && head.reserved > Math.max(last, tried) && (await engine.openIdle(id, lock))
    if (owned) await owned.close()
    return !!owned
  } finally {
    await lock.release()
  }
}
