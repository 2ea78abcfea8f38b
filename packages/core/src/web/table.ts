/** Texts under text keys in code-unit order: what small state and records lie in. Keys begin with `k:`, `m:` or `r:`. */
export interface Table {
  /** Entries from `low` to `high`, both included, ascending, at most `max`. Makes no store where there was none. */
  range(low: string, high: string, max?: number): Promise<Entry[]>
  /** All or nothing: removes every key of the ranges, then puts the entries. Stored when it resolves. */
  write(puts: readonly Entry[], gone?: readonly (readonly [low: string, high: string])[]): Promise<void>
}

export type Entry = readonly [key: string, text: string]
