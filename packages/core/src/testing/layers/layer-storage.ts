/** What a host keeps for one mini-program and one user: it outlives kills and relaunches. */
export interface LayerStorage {
  readonly entries: Map<string, string>
  /** Bytes the mini-program itself has taken. */
  taken: number
  /** Every call fails, as with a damaged or locked database; set by the test. */
  failing: boolean
  /** Writes and removals so far. */
  writes: number
  /** Bytes of all keys and values, and what is taken: never above the quota. */
  used(): number
  /** The most that was ever in use, `taken` not counted. */
  readonly peak: number
  /** The value as it was set, or undefined when absent. */
  read(key: string): unknown
  /** Why the entry cannot be set, or undefined when it was. */
  set(key: string, value: unknown, limits: StorageLimits): 'entry' | 'total' | undefined
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
    failing: false,
    writes: 0,
    used: () => sum + storage.taken,
    get peak() {
      return peak
    },
    read(key) {
      const text = entries.get(overBridge(key))
      return text === undefined ? undefined : (JSON.parse(text) as unknown)
    },
    set(name, given, { unit, perKey, total }) {
      const key = overBridge(name)
      const value = JSON.stringify(typeof given === 'string' ? overBridge(given) : given)
      if ((unit === 'bytes' ? Buffer.byteLength(value) : value.length) > perKey) return 'entry'
      const more = sizeOf(key, value) - sizeOf(key, entries.get(key))
      if (sum + storage.taken + more > total) return 'total'
      sum += more
      peak = Math.max(peak, sum)
      storage.writes++
      entries.set(key, value)
      return undefined
    },
    remove(name) {
      const key = overBridge(name)
      sum -= sizeOf(key, entries.get(key))
      storage.writes++
      entries.delete(key)
    },
  }
  return storage
}

/** Over a bridge to native code a text is UTF-8 and ends at NUL. */
const overBridge = (text: string): string => Buffer.from(text.split('\u0000')[0] as string).toString()
