import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runClones } from '../kill/clone-run'
import { type KillFigures, runKills } from '../kill/kill-run'
import { runRemoval } from '../kill/removal-run'
import { bundleTill } from '../kill/till-bundle'
import { openMemoryStore } from '../../packages/hub/test/support/memory-store'

const promises = ['lost', 'twice', 'holes', 'unstated', 'forks', 'chainBreaks'] as const

/**
 * A till process on real files, killed with SIGKILL at random moments while it appends and sends to the real hub behind
 * faults, by seed (default 200 runs, two at a time). Then facts taken out of the middle and the end of a log, and whole
 * logs deleted, twenty times each in either lane: the hub must name exactly these numbers. Then one image on twenty tills.
 * Throws when anything acknowledged was lost or anything came twice, with the seed.
 */
export async function prove({
  share = 1,
  seeds = Math.ceil(200 * share),
}: {
  readonly seeds?: number
  readonly share?: number
} = {}): Promise<Record<string, unknown>> {
  const store = await openMemoryStore()
  const home = mkdtempSync(join(tmpdir(), 'omokit-kill-'))
  try {
    const bundle = await bundleTill(home)
    const sums: Record<string, number> = {}
    const till = async (seed: number): Promise<void> => {
      const run = await runKills({ seed, store, brand: `kill-${seed}`, bundle })
      if (promises.some((name) => run[name])) throw new Error(`seed ${seed}: ${JSON.stringify(run)}`)
      for (const [name, value] of Object.entries(run) as [keyof KillFigures, number][]) sums[name] = (sums[name] ?? 0) + value
    }
    let next = 1
    const worker = async (): Promise<void> => {
      while (next <= seeds) await till(next++)
    }
    await Promise.all([worker(), worker()])

    const control = await runKills({ seed: 1, store, brand: 'control', bundle, forgetful: true })
    if (!control.lost) throw new Error('logs were deleted after each kill and nothing was found lost')

    const removals: Record<string, object> = {}
    for (const lane of ['observe', 'trade'] as const)
      for (const removal of ['middle', 'end', 'file'] as const) {
        const sum = { runs: Math.ceil(20 * share), removed: 0, namedExactly: 0, chainBreaks: 0 }
        for (let seed = 1; seed <= sum.runs; seed++) {
          const { removed, named, missing, chainBreaks } = await runRemoval({ seed, store, brand: `removal-${lane}-${removal}-${seed}`, lane, removal })
          if (missing || named.join() !== removed.join()) throw new Error(`${lane} ${removal}, seed ${seed}: removed ${removed.join()}, named ${named.join()}`)
          sum.removed += removed.length
          sum.namedExactly += named.length
          sum.chainBreaks += chainBreaks
        }
        removals[`${lane} ${removal}`] = sum
      }

    const { forked, named, ...clones } = await runClones({ store, brand: 'clones', tills: 20 })
    if (clones.unaccounted || clones.notInQuarantine || clones.missing || clones.imageStored !== clones.imageUnsent || forked.join() !== named.join())
      throw new Error(JSON.stringify({ ...clones, forked, named }))
    return {
      runs: seeds,
      ...sums,
      controlLostWithoutLogs: control.lost,
      removals,
      clones: { ...clones, numbersForked: forked.length, numbersNamed: named.length },
    }
  } finally {
    await store.close()
    rmSync(home, { recursive: true, force: true })
  }
}
