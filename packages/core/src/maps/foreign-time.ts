/**
 * Milliseconds of a time as other trackers send it: seconds, milliseconds or microseconds by their size, as number or text, or ISO 8601.
 * Undefined for what is no time between 2001 and 5138.
 */
export function timeOf(value: unknown): number | undefined {
  if (value instanceof Date) return timeOf(value.getTime())
  const text = typeof value === 'string' ? value.trim() : ''
  const number =
    typeof value === 'number' ? value : /^\d{10,17}(?:\.\d{1,6})?$/.test(text) ? Number(text) : /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  if (!(number >= 1e9) || number >= 1e17) return undefined
  return Math.round(number < 1e11 ? number * 1000 : number < 1e14 ? number : number / 1000)
}
