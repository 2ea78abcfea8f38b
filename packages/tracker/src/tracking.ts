import type { FactBody, FactRef } from '@omokit/core'

/** What a capture needs of a tracker: any `Tracker`, or a preset of `omokit`. */
export interface Tracking {
  readonly track: (...call: never[]) => Promise<FactRef | undefined>
}

/** Calls `track` with names and bodies that were read at run time; what a host's `track` throws stays here. */
export function tracking({ track }: Tracking): (event: string, body: FactBody) => Promise<FactRef | undefined> {
  return async (event, body) => {
    try {
      return await (track as unknown as (event: string, body: FactBody) => Promise<FactRef | undefined>)(event, body)
    } catch {
      return undefined
    }
  }
}
