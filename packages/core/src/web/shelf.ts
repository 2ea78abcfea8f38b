/** A small synchronous store of strings: `localStorage`, or memory where a page may not use it. */
export interface Shelf {
  keys(prefix: string): string[]
  get(key: string): string | null
  /** Throws when full. */
  set(key: string, value: string): void
  del(key: string): void
  /** False: gone with the page. */
  readonly durable: boolean
}

/** Opens `localStorage` under one prefix. Reading the property alone may throw (private windows, sandboxed frames). */
export function openShelf(prefix: string): Shelf {
  try {
    const storage = localStorage
    storage.getItem(prefix)
    return {
      durable: true,
      keys: (start) =>
        Object.keys(storage)
          .filter((key) => key.indexOf(prefix + start) === 0)
          .map((key) => key.slice(prefix.length))
          .sort(),
      get: (key) => storage.getItem(prefix + key),
      set: (key, value) => storage.setItem(prefix + key, value),
      del: (key) => storage.removeItem(prefix + key),
    }
  } catch {
    const held = new Map<string, string>()
    return {
      durable: false,
      keys: (start) =>
        Array.from(held.keys())
          .filter((key) => key.indexOf(start) === 0)
          .sort(),
      get: (key) => (held.has(key) ? (held.get(key) as string) : null),
      set: (key, value) => void held.set(key, value),
      del: (key) => void held.delete(key),
    }
  }
}
