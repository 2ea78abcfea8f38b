import type * as z from 'zod/mini'
import type { Json } from '../facts'

/** A schema whose output is exactly `T`, but that the contract's fields are read-only. */
export type Schema<T> = z.ZodMiniType<Writable<T>>

/** `T` without `readonly`, all the way down. */
export type Writable<T> = [Json] extends [T] ? WritableJson | Extract<T, undefined> : WritablePart<T>

type WritablePart<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly unknown[]
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T extends object
      ? { -readonly [K in keyof T]: Writable<T[K]> }
      : T

/** `Json` without `readonly`. */
export type WritableJson = string | number | boolean | null | WritableJson[] | { [key: string]: WritableJson | undefined }
