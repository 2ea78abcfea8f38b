import { codeOf } from '../issues'
import type { LogRecord } from '../ports'
import type { Engine } from './engine'
import { lostKind } from './record'
import { seize } from './stream'

/** Keeps the observe lane within what a device may spend on it. */
export interface Quota {
  /** The store itself is full: frees a tenth, at least one. */
  makeRoom(): Promise<void>
  /** A fact was stored: looks now and then whether the lane is still within its bounds. */
  stored(): void
}

/** Bounds in facts and UTF-16 units. */
export function createQuota({ ports, ledger, owner, stateLost, streamsOf, report }: Engine, facts: number, units: number): Quota {
  let unchecked = 0

  /** Frees that much, or what the lane holds too much. */
  async function shed(tooMany = 0, tooMuch = 0): Promise<void> {
    const streams = await streamsOf('observe')
    if (!tooMany) {
      tooMany = -facts
      tooMuch = -units
      for (const { log } of streams) {
        const { count, bytes } = await log.stats()
        tooMany += count
        tooMuch += bytes
      }
    }
    if (tooMany > 0 || tooMuch > 0) report({ code: 'quota', have: await evict(streams, tooMany, tooMuch), need: Math.ceil(tooMany) })
  }

  /**
   * Lets the oldest facts of the lowest priority leave until so much is free, and states their numbers. The statement comes
   * after the drop because a full store has no room for it before; should a crash come between, the next owner or the hub
   * finds the numbers missing and they are stated then.
   *
   * @returns how many left
   */
  async function evict(streams: Awaited<ReturnType<typeof streamsOf>>, tooMany: number, tooMuch: number): Promise<number> {
    let left = 0
    for (let priority = 0; priority < 3; priority++)
      for (const { id, log } of streams) {
        const more = (): boolean => tooMany > 0 || tooMuch > 0
        const lock = !more() || owner(id) ? undefined : await seize(ports.locks, 'stream/' + id)
        if (!more() || (!lock && !owner(id))) continue
        const gone: number[] = []
        const kept: number[] = []
        try {
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

  return {
    makeRoom: () => shed(facts / 10, 1),
    stored() {
      if (++unchecked < facts / 20) return
      unchecked = -Infinity // not while it is being looked at
      shed()
        .catch((error) => report({ code: codeOf(error) || 'unavailable' }))
        .then(() => (unchecked = 0))
    },
  }
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
