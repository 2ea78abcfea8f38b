import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lane } from '@omokit/core'
import { createRandom } from '@omokit/core/testing'
import type { Store } from '@omokit/hub'
import { openFaultHub } from './fault-hub'
import { cutRecords, deleteLog, logFileOf, openTill } from './till'

/** What somebody takes away from a log between two lives of a till: lines from the middle, the last lines, or the whole file. */
export type Removal = 'middle' | 'end' | 'file'

export interface RemovalRun {
  readonly seed: number
  readonly store: Store
  readonly brand: string
  readonly lane: Lane
  readonly removal: Removal
}

export interface RemovalFigures {
  /** Numbers that were taken away before they were sent. */
  readonly removed: readonly number[]
  /** Numbers of that stream the hub's report names as lost. */
  readonly named: readonly number[]
  /** Numbers the hub knows nothing about, over all streams. */
  readonly missing: number
  readonly chainBreaks: number
}

/** A till sends some facts, keeps some, and stops; what it kept is taken away in part; then it goes on. */
export async function runRemoval({ seed, store, brand, lane, removal }: RemovalRun): Promise<RemovalFigures> {
  const random = createRandom(seed)
  const dir = mkdtempSync(join(tmpdir(), 'omokit-till-'))
  const hub = await openFaultHub(store, brand, seed)
  try {
    const before = openTill(dir, hub)
    const sent = random.below(12)
    let stream = ''
    for (let n = 1; n <= sent; n++) stream = (await before.append(lane, `sent-${n}`)).stream
    if (sent) await before.drain()
    const kept: number[] = []
    for (let n = random.between(4, 12); n; n--) {
      const ref = await before.append(lane, `kept-${n}`)
      stream = ref.stream
      kept.push(ref.seq)
    }
    await before.outbox.stop()

    const removed = chosen(kept, removal, random.between(1, kept.length - 2), () => random.chance(0.5))
    const file = logFileOf(dir, stream)
    if (removal === 'file') deleteLog(file)
    else cutRecords(file, new Set(removed))

    const after = openTill(dir, hub)
    for (let n = random.between(1, 4); n; n--) await after.append(lane, `after-${n}`)
    await after.drain()
    await after.outbox.stop()

    const { streams, totals } = await hub.report<{
      readonly streams: readonly { readonly stream: string; readonly lost: readonly (readonly [number, number])[] }[]
      readonly totals: { readonly missing: number }
    }>('streams')
    const { counts } = await hub.report<{ readonly counts: Readonly<Record<string, number>> }>('findings')
    const lost = streams.find((one) => one.stream === stream)?.lost ?? []
    return {
      removed,
      named: lost.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)).sort((a, b) => a - b),
      missing: totals.missing,
      chainBreaks: counts['chain-broken'] ?? 0,
    }
  } finally {
    await hub.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

function chosen(kept: readonly number[], removal: Removal, count: number, coin: () => boolean): readonly number[] {
  if (removal === 'file') return kept
  if (removal === 'end') return kept.slice(-count)
  const inside = kept.slice(0, -1)
  const some = inside.filter(coin)
  return some.length ? some : inside.slice(0, 1)
}
