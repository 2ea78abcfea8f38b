/** Envelopes already taken, so that a copied code works once. Kept by a till until they are expired anyway. */
export interface UsedNonces {
  has(id: string): boolean
  /** `until`: milliseconds; after that the entry may be forgotten. */
  add(id: string, until: number): void
}

/** Used nonces in memory, in the order of their end. For a till that restarts, `save` gives what `createUsedNonces` takes. */
export function createUsedNonces(saved: readonly (readonly [string, number])[] = []): UsedNonces & {
  /** Forgets what ended before `now` (milliseconds). */
  prune(now: number): void
  save(): (readonly [string, number])[]
} {
  const held = new Map<string, number>(saved)
  return {
    has: (id) => held.has(id),
    add: (id, until) => void held.set(id, until),
    prune: (now) => held.forEach((until, id) => until < now && held.delete(id)),
    save: () => Array.from(held),
  }
}
