import type { Window } from './rule-book'

/** Local wall clock as seconds since 1970-01-01 00:00 there. Before the first transition the first offset holds. */
export function localSecond(zone: Window['zone'], instant: number): number {
  const second = Math.floor(instant / 1000)
  let offset: number | undefined
  for (const [from, east] of zone) if (offset === undefined || second >= from) offset = east
  return second + (offset as number)
}

/** Local date as days since 1970-01-01. */
export function localDay(zone: Window['zone'], instant: number): number {
  return Math.floor(localSecond(zone, instant) / 86400)
}
