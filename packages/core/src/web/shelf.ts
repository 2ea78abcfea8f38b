/** Characters a page may have in the journal, and in the table where there is no other: of the 5.2 million a whole origin has and shares with the page. */
export const shelfCap = 2_000_000

/** A small synchronous store of strings: `localStorage`, or memory where a page may not use it. */
export interface Shelf {
  keys(start: string): string[]
  get(key: string): string | undefined
  /** Throws when full. */
  set(key: string, value: string): void
  del(key: string): void
}

/** Opens `localStorage` under one prefix. Reading the property alone may throw (private windows, sandboxed frames): then `missing` hears of it. */
export function openShelf(prefix: string, missing?: () => void): Shelf {
  let held: Record<string, string> = {}
  try {
    localStorage.getItem(prefix)
    held = localStorage
  } catch {
    if (missing) missing()
  }
  return {
    keys: (start) =>
      Object.keys(held)
        .filter((key) => key.startsWith(prefix + start))
        .map((key) => key.slice(prefix.length))
        .sort(),
    get: (key) => held[prefix + key],
    set: (key, value) => void (held[prefix + key] = value),
    // unlike `delete` it never throws
    del: (key) => void Reflect.deleteProperty(held, prefix + key),
  }
}
