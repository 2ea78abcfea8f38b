import { primes } from './primes'

/** Round constants and initial state as pairs of 32-bit halves, worked out on first use; the tests hold them against the platform's. */
let k: Uint32Array | undefined
let start: Uint32Array | undefined

/** First 64 bits of the fractional parts of the roots of the first primes. */
function fractions(count: number, power: 2 | 3): Uint32Array {
  const words = new Uint32Array(2 * count)
  primes(count).forEach((n, i) => words.set(halves(n, power), 2 * i))
  return words
}

/** The upper half comes from the double's own root, the lower from a step of Newton: n by the root, divided exactly in digits of 8 bits. */
function halves(n: number, power: number): [upper: number, lower: number] {
  const root = Math.floor(n ** (1 / power) * 0x100000000)
  let whole = n * 0x100000000
  let part = 0
  for (let left = power; --left; ) {
    let rest = whole
    whole = 0
    for (let digit = 0; digit < 5; digit++) {
      whole = whole * 256 + Math.floor(rest / root)
      rest = (rest % root) * 256
    }
    part = (part * 0x100000000 + rest / 256) / root
  }
  const lacks = (whole - root + part) / power
  return [root, (lacks - ((power - 1) * lacks * lacks) / root / 2) * 0x100000000]
}

/** One half of a 64-bit word turned right; `other` is the half whose bits come in from above. */
const turn = (own: number, other: number, by: number): number => (by < 32 ? (own >>> by) | (other << (32 - by)) : (other >>> (by - 32)) | (own << (64 - by)))

/** SHA-512 (FIPS 180-4) in 32-bit arithmetic and rolled loops: what Ed25519 needs where there is no WebCrypto. */
export function sha512(message: Uint8Array): Uint8Array {
  const length = message.length
  const padded = new Uint8Array((((length + 16) >> 7) << 7) + 128)
  padded.set(message)
  padded[length] = 0x80
  const view = new DataView(padded.buffer)
  view.setInt32(padded.length - 8, length / 0x20000000)
  view.setInt32(padded.length - 4, length << 3)
  k = k || fractions(80, 3)
  start = start || fractions(8, 2)
  const state = start.slice()
  const w = new Uint32Array(160)
  for (let at = 0; at < padded.length; at += 128) {
    for (let i = 0; i < 32; i++) w[i] = view.getInt32(at + 4 * i)
    block(k, state, w)
  }
  state.forEach((word, i) => view.setInt32(4 * i, word))
  return padded.slice(0, 64)
}

/** Halves are told by `o`: 0 the upper one, 1 the lower, which is worked out first for its carry. */
function block(k: Uint32Array, state: Uint32Array, w: Uint32Array): void {
  // the eight words of a round, then its two sums
  const v = new Uint32Array(20)
  v.set(state)
  const mix = (words: Uint32Array, i: number, o: number, x: number, y: number, z: number, shift?: boolean): number => {
    const own = words[i + o]!
    const other = words[i + 1 - o]!
    return (turn(own, other, x) ^ turn(own, other, y) ^ turn(own, shift && !o ? 0 : other, z)) >>> 0
  }
  const put = (words: Uint32Array, i: number, half: (o: number) => number): void => {
    const low = half(1)
    words[i + 1] = low
    words[i] = half(0) + Math.floor(low / 0x100000000)
  }
  for (let i = 0; i < 160; i += 2) {
    if (i > 31) put(w, i, (o) => mix(w, i - 30, o, 1, 8, 7, true) + mix(w, i - 4, o, 19, 61, 6, true) + w[i - 14 + o]! + w[i - 32 + o]!)
    put(v, 16, (o) => v[14 + o]! + mix(v, 8, o, 14, 18, 41) + (((v[8 + o]! & v[10 + o]!) ^ (~v[8 + o]! & v[12 + o]!)) >>> 0) + k[i + o]! + w[i + o]!)
    put(v, 18, (o) => v[16 + o]! + mix(v, 0, o, 28, 34, 39) + (((v[o]! & v[2 + o]!) ^ (v[o]! & v[4 + o]!) ^ (v[2 + o]! & v[4 + o]!)) >>> 0))
    v.copyWithin(2, 0, 14)
    put(v, 8, (o) => v[8 + o]! + v[16 + o]!)
    v.copyWithin(0, 18)
  }
  for (let i = 0; i < 16; i += 2) put(state, i, (o) => state[i + o]! + v[i + o]!)
}
