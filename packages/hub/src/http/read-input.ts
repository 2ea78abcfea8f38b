import { accept, refuse, type Result } from '@omokit/core'
import type * as z from 'zod'

/** Checks a parsed body against a schema: the value, or `invalid` with the path of the first fault. */
export function readInput<S extends z.ZodType>(schema: S, value: unknown): Result<z.output<S>> {
  const read = schema.safeParse(value)
  if (read.success) return accept(read.data)
  const first = read.error.issues[0]
  return refuse('invalid', { path: first?.path.join('.') ?? '', need: first?.message ?? 'another shape' })
}
