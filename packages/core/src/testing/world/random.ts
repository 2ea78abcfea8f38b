/** Chance from a seed: the same seed gives the same run, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** An integer in [0, below). */
  below(below: number): number
  /** An integer in [low, high]. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  bytes(count: number): Uint8Array
}

/** sfc32 (Chris Doty-Humphrey, PractRand): small, quick, passes the statistical suites. */
export function createRandom(seed: number): Random {
  let a = seed | 0
  let b = Math.floor(seed / 0x100000000) | 0
  let c = 0x9e3779b9 | 0
  let counter = 1
  const word = (): number => {
    const out = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + out) | 0
    return out >>> 0
  }
  for (let i = 0; i < 15; i++) word()
  const random: Random = {
    next: () => word() / 0x100000000,
    below: (below) => Math.floor(random.next() * below),
    between: (low, high) => low + random.below(high - low + 1),
    chance: (probability) => random.next() < probability,
    pick: <T>(from: readonly T[]): T => from[random.below(from.length)] as T,
    bytes: (count) => Uint8Array.from({ length: count }, () => word() & 255),
  }
  return random
}
