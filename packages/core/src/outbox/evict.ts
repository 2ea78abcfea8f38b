import type { FactsLostBody } from '../facts'
import type { LogRecord, Ports } from '../ports'
import type { Ledger } from './ledger'
import { lostKind } from './record'
import { seize } from './stream'
import type { Lock } from './stream'

export interface EvictOptions {
  readonly ports: Ports
  readonly ledger: Ledger
  readonly own: (stream: string) => boolean
  readonly stateLost: (stream: string, body: FactsLostBody, lock?: Lock) => Promise<boolean>
}

/**
 * Lets the oldest facts of the lowest priority leave until `facts` and `units` are free, and states their numbers. The
 * statement comes after the drop because a full store has no room for it before; should a crash come between, the next
 * owner or the hub finds the numbers missing and they are stated then.
 *
 * @returns how many left
 */
export async function evict({ ports, ledger, own, stateLost }: EvictOptions, streams: readonly string[], facts: number, units: number): Promise<number> {
  let left = 0
  const enough = (): boolean => facts <= 0 && units <= 0
  for (let priority = 0; priority < 3; priority++) {
    for (const id of streams) {
      if (enough()) return left
      const lock = own(id) ? undefined : await seize(ports.locks, 'stream/' + id)
      if (!lock && !own(id)) continue
      try {
        const gone = await drop(id, priority)
        left += gone.length
        if (gone.length) await stateLost(id, { ranges: ranges(gone), cause: 'evicted' }, lock)
      } finally {
        if (lock) await lock.release()
      }
    }
  }
  return left

  async function drop(id: string, priority: number): Promise<number[]> {
    const log = ports.log.open(id)
    const gone: number[] = []
    const kept: number[] = []
    const before = await ledger.sent(id)
    const { last } = await log.stats()
    let from = 1
    for (let page: readonly LogRecord[]; !enough() && (page = await log.read(from, 500, 500_000)).length; ) {
      for (const { seq, text } of page) {
        from = seq + 1
        // what may be with the hub must not be stated lost; the newest stays to show the hub the gap, should we die now
        if (seq <= before.tried || seq === last || enough() || priorityOf(text) !== priority) {
          kept.push(seq)
          continue
        }
        gone.push(seq)
        facts--
        units -= text.length
      }
    }
    if (!gone.length) return gone
    await log.drop(gone[gone.length - 1] as number, kept)
    // the leader may have taken some in hand meanwhile: sent, or missed by the hub and stated then
    const { tried } = await ledger.sent(id)
    return gone.filter((seq) => seq > tried)
  }
}

/** Read without parsing: `priority` stands first where there is one. What is stated lost must not get lost itself. */
function priorityOf(text: string): number {
  if (text.startsWith(`{"kind":"${lostKind}"`)) return 3
  return text.startsWith('{"priority":') ? Number(text.charAt(12)) : 1
}

/** Ascending numbers as inclusive ranges. */
function ranges(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = []
  let last: [number, number] | undefined
  for (const n of numbers) {
    if (last && last[1] === n - 1) last[1] = n
    else found.push((last = [n, n]))
  }
  return found
}
