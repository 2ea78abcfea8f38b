import type { LogRecord } from '../ports'
import type { Evict } from './quota'
import { lostKind } from './record'
import { seize } from './stream'

/** The oldest facts of the lowest priority leave. */
export const evictByPriority: Evict = async (engine, streams, tooMany, tooMuch) => {
  const { ports, ledger, stateLost, owner } = engine
  let left = 0
  const more = (): boolean => tooMany > 0 || tooMuch > 0
  for (let priority = 0; priority < 3; priority++)
    for (const { id, log } of streams) {
      if (!more()) return left
      const lock = owner(id) ? undefined : await seize(ports.locks, 'stream/' + id)
      try {
        // not what somebody else owns
        if (!lock && !owner(id)) continue
        const gone: number[] = []
        const kept: number[] = []
        const { tried } = await ledger.sent(id)
        const { last } = await log.stats()
        let from = 1
        for (let page: readonly LogRecord[]; more() && (page = await log.read(from, 500, 500_000)).length; )
          for (const { seq, text } of page) {
            from = seq + 1
            // what may be with the hub must not be stated lost; the newest stays to show the hub the gap, should we die now
            if (seq > tried && seq < last && more() && priorityOf(text) === priority) {
              gone.push(seq)
              tooMany--
              tooMuch -= text.length
            } else kept.push(seq)
          }
        if (!gone.length) continue
        left += gone.length
        const lane = owner(id)
        if (lane) lane.forget(id, (seq) => gone.indexOf(seq) >= 0)
        await log.drop(gone[gone.length - 1] as number, kept)
        // the leader may have taken some in hand meanwhile: sent, or missed by the hub and stated then
        const now = (await ledger.sent(id)).tried
        await stateLost(id, ranges(gone.filter((seq) => seq > now)), 'evicted', lock)
      } finally {
        if (lock) await lock.release()
      }
    }
  return left
}

/** Read without parsing: `priority` stands first where there is one. What is stated lost must not get lost itself. */
const priorityOf = (text: string): number => (text.startsWith(`{"kind":"${lostKind}"`) ? 3 : text.startsWith('{"priority":') ? Number(text[12]) : 1)

/** Ascending numbers as inclusive ranges. */
function ranges(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = []
  for (const n of numbers) {
    const last = found[found.length - 1]
    if (last && last[1] === n - 1) last[1] = n
    else found.push([n, n])
  }
  return found
}
