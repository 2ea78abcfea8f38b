import type { Window } from './rule-book'

/** Local wall clock as seconds since 1970-01-01 00:00 there. Before the first transition the first offset holds. */
export function localSecond(zone: Window['zone'], instant: number): number {
  const second = Math.floor(instant / 1000)
  const [, east] = zone.filter(([from]) => from <= second).pop() || zone[0] || []
  return second + (east as number)
}

/** Local date as days since 1970-01-01. */
export function localDay(zone: Window['zone'], instant: number): number {
  return Math.floor(localSecond(zone, instant) / 86400)
}
