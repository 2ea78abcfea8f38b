import { OmoError } from '@omokit/core'
import type { Window } from '../rule-book'

/**
 * Compiles an IANA time zone into the UTC transitions a rule's window carries. For publishers: it needs the time zone table
 * of `Intl`, which mini-programs do not have.
 *
 * @param from - First year, UTC.
 * @param to - Year after the last, UTC: publish again before it comes.
 * @throws OmoError `invalid` for a zone `Intl` does not know, or years that are not from 1970 to 2200.
 */
export function zoneTransitions(timeZone: string, from: number, to: number): Window['zone'] {
  if (!isYear(from) || !isYear(to) || from > to) throw new OmoError('invalid', 'years')
  const format = formatOf(timeZone)
  const offset = (second: number): number => {
    const at: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(second * 1000)) at[type] = Number(value)
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second: s = 0 } = at
    return Date.UTC(year, month - 1, day, hour, minute, s) / 1000 - second
  }
  const end = Date.UTC(to, 0) / 1000
  let second = Date.UTC(from, 0) / 1000
  let east = offset(second)
  const zone: [number, number][] = [[second, east]]
  // Two changes within five days have not been seen; between two looks the change is found by halving.
  for (const step = 5 * 86400; second < end; second += step) {
    const next = offset(second + step)
    if (next === east) continue
    let low = second
    let high = second + step
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (offset(middle) === east) low = middle
      else high = middle
    }
    zone.push([high, next])
    east = next
  }
  return zone
}

const isYear = (year: number): boolean => typeof year === 'number' && Math.floor(year) === year && year >= 1970 && year <= 2200

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (fault) {
    throw new OmoError('invalid', 'timeZone', fault)
  }
}
