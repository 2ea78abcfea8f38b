import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '@omokit/core/testing'
import type { Store } from '@omokit/hub'
import { openFaultHub } from './fault-hub'
import { logFolderOf, nameOf } from './till'
import { startTill } from './till-bundle'

export interface KillRun {
  readonly seed: number
  readonly store: Store
  /** A name no other run on this store has. */
  readonly brand: string
  /** Path of the till's process: `bundleTill`. */
  readonly bundle: string
  /** A control: after each kill its logs are gone, so that facts must be found lost. */
  readonly forgetful?: boolean
}

/** What came of one run. A promise was broken when `lost`, `twice`, `holes`, `unstated`, `forks` or `chainBreaks` is not 0. */
export interface KillFigures {
  readonly kills: number
  /** Kills before the process had come to its first line. */
  readonly killedAtStart: number
  /** Facts whose promise had resolved. */
  readonly acknowledged: number
  /** Facts the hub has. */
  readonly arrived: number
  /** Acknowledged facts the hub has not. */
  readonly lost: number
  /** Facts the hub has under two numbers. */
  readonly twice: number
  /** Facts missing below one that arrived, of the same life and lane. */
  readonly holes: number
  /** Numbers the till stated as given up. */
  readonly abandoned: number
  /** Numbers up to the head of which the hub knows nothing. */
  readonly unstated: number
  readonly forks: number
  readonly chainBreaks: number
  readonly requests: number
  readonly failed: number
  readonly failedLate: number
  readonly refused: number
  readonly lostAck: number
}

const faults = { failed: 0.12, failedLate: 0.08, refused: 0.12, lostAck: 0.12 }

/**
 * A till on real files is killed with SIGKILL at random moments, two to five times, while it appends and sends to a hub that
 * fails; each time it starts again on the same files, and the last time it may finish.
 */
export async function runKills({ seed, store, brand, bundle, forgetful }: KillRun): Promise<KillFigures> {
  const random = createRandom(seed)
  const dir = mkdtempSync(join(tmpdir(), 'omokit-till-'))
  const hub = await openFaultHub(store, brand, seed, faults)
  const stored = new Map<string, string>()
  const kills = random.between(2, 5)
  let killedAtStart = 0
  try {
    for (let number = 1; number <= kills + 1; number++) {
      const last = number > kills
      const life = { dir, url: hub.url, key: hub.key, seed, number, facts: random.between(20, 60), last }
      let begun = false
      let done = false
      await new Promise<void>((resolve, reject) => {
        const child = startTill(bundle, life, (line) => {
          const [word, name = '', stream, seq] = line.split(' ')
          if (word === 'begun') {
            begun = true
            if (!last && !early) setTimeout(() => child.kill('SIGKILL'), random.below(300))
          } else if (word === 'stored') stored.set(name, `${stream}.${seq}`)
          else done = word === 'done'
        })
        const early = !last && random.chance(0.15)
        if (early) setTimeout(() => child.kill('SIGKILL'), random.below(150))
        child.once('error', reject)
        child.once('close', (code, signal) => (last && code !== 0 ? reject(new Error(`the last life ended with ${code ?? signal}`)) : resolve()))
      })
      if (!begun) killedAtStart++
      if (forgetful && !last) rmSync(logFolderOf(dir), { recursive: true, force: true })
      if (last && !done) throw new Error('the last life ended before it was done')
    }
    return { kills, killedAtStart, ...(await judge(stored)), ...hub.counts }
  } finally {
    await hub.close()
    rmSync(dir, { recursive: true, force: true })
  }

  async function judge(acknowledged: ReadonlyMap<string, string>) {
    const where = new Map<string, string[]>()
    let abandoned = 0
    let forks = 0
    for (const view of await hub.streams()) {
      abandoned += view.lost.size
      forks += view.forks
      view.facts.forEach((text, seq) => {
        const name = nameOf(text)
        if (name !== undefined) where.set(name, [...(where.get(name) ?? []), `${view.stream}.${seq}`])
      })
    }
    const places = [...where.values()]
    const { totals } = await hub.report<{ readonly totals: { readonly missing: number } }>('streams')
    const { counts } = await hub.report<{ readonly counts: Readonly<Record<string, number>> }>('findings')
    return {
      acknowledged: acknowledged.size,
      arrived: where.size,
      lost: [...acknowledged].filter(([name, id]) => !where.get(name)?.includes(id)).length,
      twice: places.filter((ids) => ids.length > 1).length,
      holes: holesIn([...where.keys()]),
      abandoned,
      unstated: totals.missing,
      forks,
      chainBreaks: counts['chain-broken'] ?? 0,
    }
  }
}

/** Names are `<life>-<lane>-<number>`, numbered from 1 in each life and lane. */
function holesIn(names: readonly string[]): number {
  const highest = new Map<string, { top: number; count: number }>()
  for (const name of names) {
    const cut = name.lastIndexOf('-')
    const of = highest.get(name.slice(0, cut)) ?? { top: 0, count: 0 }
    highest.set(name.slice(0, cut), { top: Math.max(of.top, Number(name.slice(cut + 1))), count: of.count + 1 })
  }
  return [...highest.values()].reduce((sum, { top, count }) => sum + top - count, 0)
}
