import type { FactsLostBody } from '../facts'
import type { LogRecord, Ports } from '../ports'
import type { Ledger } from './ledger'
import { lostKind } from './record'
import { seize } from './stream'

export interface EvictOptions {
  readonly ports: Ports
  readonly ledger: Ledger
  readonly own: (stream: string) => boolean
  readonly stateLost: (stream: string, body: FactsLostBody) => Promise<boolean>
}

/**
 * Lets the oldest facts of the lowest priority leave until `facts` and `units` are free, and states their numbers. The
 * statement comes after the drop because a full store has no room for it before; should a crash come between, the hub
 * names the gap and the sender states it.
 *
 * @returns how many left
 */
export async function evict({ ports, ledger, own, stateLost }: EvictOptions, streams: readonly string[], facts: number, units: number): Promise<number> {
  let left = 0
  for (let priority = 0; priority < 3; priority++) {
    for (const id of streams) {
      if (facts <= 0 && units <= 0) return left
      const lock = own(id) ? { release: () => undefined } : await seize(ports.locks, 'stream/' + id)
      if (!lock) continue
      const log = ports.log.open(id)
      const gone: number[] = []
      const kept: number[] = []
      let from = (await ledger.acked(id)) + 1
      for (let page: readonly LogRecord[]; (facts > 0 || units > 0) && (page = await log.read(from, 500, 500_000)).length;) {
        for (const { seq, text } of page) {
          from = seq + 1
          if ((facts <= 0 && units <= 0) || priorityOf(text) !== priority) {
            kept.push(seq)
            continue
          }
          gone.push(seq)
          facts--
          units -= text.length
        }
      }
      if (gone.length) await log.drop(gone[gone.length - 1] as number, kept)
      lock.release()
      left += gone.length
      if (gone.length) await stateLost(id, { ranges: ranges(gone), cause: 'evicted' })
    }
  }
  return left
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
