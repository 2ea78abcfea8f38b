import { OmoError, type Json } from '@omokit/core'

const deepest = 16

/**
 * A copy that is plain JSON and nothing else: functions, symbols and undefined leave, keys that could reach a prototype
 * leave, dates become ISO texts, numbers that JSON cannot say become null. Later changes by the host do not reach it.
 * Throws `too-deep` beyond 16 levels (a cycle too).
 */
export function plain(value: unknown, depth = 0): Json | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value !== 'object') return undefined
  if (depth > deepest) throw new OmoError('too-deep', 'event body')
  if (value instanceof Date) return value.toJSON()
  const inner = (item: unknown): Json | undefined => plain(item, depth + 1)
  if (Array.isArray(value))
    return value.map((item) => {
      const field = inner(item)
      return field === undefined ? null : field
    })
  const copy: Record<string, Json> = {}
  for (const key of Object.keys(value)) {
    const field = /^(__proto__|constructor|prototype)$/.test(key) ? undefined : inner((value as Record<string, unknown>)[key])
    if (field !== undefined) copy[key] = field
  }
  return copy
}
