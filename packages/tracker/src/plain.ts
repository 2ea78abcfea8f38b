import { OmoError, type Json } from '@omokit/core'

const deepest = 16

/**
 * A copy that is plain JSON and nothing else: functions, symbols and undefined leave, keys that could reach a prototype
 * leave, dates become ISO texts, numbers that JSON cannot say become null. Later changes by the host do not reach it.
 * Throws `too-deep` beyond 16 levels (a cycle too).
 */
export function plain(value: unknown, depth = 0): Json | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return undefined
  if (depth > deepest) throw new OmoError('too-deep', 'event body')
  if (value instanceof Date) return plain(value.getTime()) === null ? null : value.toISOString()
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1) ?? null)
  const copy: Record<string, Json> = {}
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') continue
    const field = plain((value as Record<string, unknown>)[key], depth + 1)
    if (field !== undefined) copy[key] = field
  }
  return copy
}
