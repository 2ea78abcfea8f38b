/** What a host keeps for one mini-program and one user: it outlives kills and relaunches. */
export interface LayerStorage {
  readonly entries: Map<string, string>
  /** Bytes the mini-program itself has taken. */
  taken: number
  /** Writes and removals so far. */
  writes: number
  /** Bytes of all keys and values, and what is taken: never above the quota. */
  used(): number
  /** The most that was ever in use, `taken` not counted. */
  readonly peak: number
  /** Why the entry cannot be set, or undefined when it was. */
  set(key: string, value: string, limits: StorageLimits): 'entry' | 'total' | undefined
  remove(key: string): void
}

export interface StorageLimits {
  /** Measured in UTF-8 bytes or UTF-16 units. */
  readonly unit: 'bytes' | 'chars'
  readonly perKey: number
  /** Bytes. */
  readonly total: number
}

export function createLayerStorage(taken = 0): LayerStorage {
  const entries = new Map<string, string>()
  let sum = 0
  let peak = 0
  const sizeOf = (key: string, value: string | undefined): number => (value === undefined ? 0 : Buffer.byteLength(key) + Buffer.byteLength(value))
  const storage: LayerStorage = {
    entries,
    taken,
    writes: 0,
    used: () => sum + storage.taken,
    get peak() {
      return peak
    },
    set(key, value, { unit, perKey, total }) {
      if ((unit === 'bytes' ? Buffer.byteLength(value) : value.length) > perKey) return 'entry'
      const more = sizeOf(key, value) - sizeOf(key, entries.get(key))
      if (sum + storage.taken + more > total) return 'total'
      sum += more
      peak = Math.max(peak, sum)
      storage.writes++
      // over a bridge to native code a text is UTF-8 and ends at NUL
      entries.set(key, Buffer.from(value.split('\u0000')[0] as string).toString())
      return undefined
    },
    remove(key) {
      sum -= sizeOf(key, entries.get(key))
      storage.writes++
      entries.delete(key)
    },
  }
  return storage
}
