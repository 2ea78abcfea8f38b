import { codeOf } from '../issues'
import type { Engine, HeldStream } from './engine'

/** Keeps the observe lane within what a device may spend on it. */
export interface Quota {
  /** The store itself is full: frees a tenth, at least one. */
  makeRoom(): Promise<void>
  /** A fact was stored: looks now and then whether the lane is still within its bounds. */
  stored(): void
}

/**
 * Lets facts leave until so many and so much are free, and states their numbers. The statement comes after the drop because
 * a full store has no room for it before; should a crash come between, the next owner or the hub finds the numbers missing
 * and they are stated then. Answers how many left.
 */
export type Evict = (engine: Engine, streams: readonly HeldStream[], tooMany: number, tooMuch: number) => Promise<number>

/** Bounds in facts and UTF-16 units. */
export function createQuota(engine: Engine, facts: number, units: number, evict: Evict): Quota {
  const { streamsOf, report } = engine
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
    if (tooMany > 0 || tooMuch > 0) report({ code: 'quota', have: await evict(engine, streams, tooMany, tooMuch), need: Math.ceil(tooMany) })
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
