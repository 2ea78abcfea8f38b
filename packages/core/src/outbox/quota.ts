import { codeOf } from '../issues'
import type { Issue } from '../issues'
import { evict } from './evict'
import type { EvictOptions } from './evict'
import type { Inspection } from './inspect'

export interface QuotaOptions extends EvictOptions {
  /** Facts the observe lane may hold. */
  readonly facts: number
  /** UTF-16 units it may hold. */
  readonly units: number
  readonly streamsOf: Inspection['streamsOf']
  readonly report: (issue: Issue) => void
}

/** Keeps the observe lane within what a device may spend on it. */
export interface Quota {
  /** The store itself is full: frees a tenth, at least one. */
  makeRoom(): Promise<void>
  /** A fact was stored: looks now and then whether the lane is still within its bounds. */
  stored(): void
}

export function createQuota(options: QuotaOptions): Quota {
  const { ports, facts, units, streamsOf, report } = options
  let sinceCheck = 0
  let shedding = false

  /** Frees that much, or what the lane holds too much. */
  async function shed(tooMany = 0, tooMuch = 0): Promise<void> {
    const streams = (await streamsOf('observe')).map(({ id }) => id)
    if (!tooMany) {
      tooMany = -facts
      tooMuch = -units
      for (const id of streams) {
        const { count, bytes } = await ports.log.open(id).stats()
        tooMany += count
        tooMuch += bytes
      }
    }
    if (tooMany <= 0 && tooMuch <= 0) return
    report({ code: 'quota', have: await evict(options, streams, tooMany, tooMuch), need: Math.ceil(tooMany) })
  }

  return {
    makeRoom: () => shed(facts / 10, 1),
    stored() {
      if (++sinceCheck < facts / 20 || shedding) return
      shedding = true
      sinceCheck = 0
      shed()
        .catch((error) => report({ code: codeOf(error) || 'unavailable' }))
        .then(() => (shedding = false))
    },
  }
}
