/** Says when a brand has a new release, to the event streams of this process. */
export interface ReleaseFeed {
  /** Tells `listener` after each publication; returns the function that ends it. */
  follow(brand: string, listener: () => void): () => void
  /** A release was published, here or by another replica. */
  announce(brand: string): void
  /** Brands that somebody follows. */
  followed(): readonly string[]
}

export function createReleaseFeed(): ReleaseFeed {
  const listeners = new Map<string, Set<() => void>>()
  return {
    follow(brand, listener) {
      const of = listeners.get(brand) ?? new Set()
      listeners.set(brand, of.add(listener))
      return () => {
        of.delete(listener)
        if (!of.size) listeners.delete(brand)
      }
    },
    announce(brand) {
      for (const listener of listeners.get(brand) ?? []) listener()
    },
    followed: () => [...listeners.keys()],
  }
}
