import type { NetResponse } from './ports'

/** Longest pause a server is believed, milliseconds. */
const day = 86_400_000

/**
 * Milliseconds an answer asks to be left alone (`Retry-After`, RFC 9110 §10.2.3), a day at most; 0 when it does not ask or
 * asks in words nobody understands. A date is read against the answer's own `Date`: the clock of the device may be wrong.
 *
 * @param now true time, where it is known; asked when the answer has no `Date`
 */
export function retryAfter({ 'retry-after': text = '', date = '' }: NetResponse['headers'], now?: number): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - (Date.parse(date) || now || NaN)
  return ms > 0 ? Math.min(ms, day) : 0
}
