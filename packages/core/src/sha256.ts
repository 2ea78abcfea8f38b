import { primes } from './primes'

/** Round constants and initial state, worked out on first use; the tests hold them against the platform's. */
let k: Int32Array | undefined
let start: Int32Array | undefined

/** First 32 bits of the fractional parts of the roots of the first primes. 50 bits of fraction are there: rounding of the last places cannot reach them. */
const fractions = (count: number, power: number): Int32Array => new Int32Array(primes(count).map((n) => (n ** (1 / power) % 1) * 0x100000000))

/**
 * SHA-256 (FIPS 180-4), synchronous and in plain arithmetic, for runtimes without WebCrypto and for hashes that must be
 * ready at once. Rolled loops: smallest, and the fastest without a JIT.
 */
export function sha256(message: Uint8Array): Uint8Array {
  const length = message.length
  const padded = new Uint8Array((((length + 8) >> 6) << 6) + 64)
  padded.set(message)
  padded[length] = 0x80
  const view = new DataView(padded.buffer)
  view.setInt32(padded.length - 8, length / 0x20000000)
  view.setInt32(padded.length - 4, length << 3)
  k = k || fractions(64, 3)
  start = start || fractions(8, 2)
  const state = start.slice()
  const w = new Int32Array(64)
  for (let at = 0; at < padded.length; at += 64) {
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
    for (let i = 0; i < 64; i++) {
      if (i < 16) w[i] = view.getInt32(at + 4 * i)
      else {
        const x = w[i - 15] as number
        const y = w[i - 2] as number
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
        w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1
      }
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const t1 = h + s1 + ((e & f) ^ (~e & g)) + (k[i] as number) + (w[i] as number)
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      // a has moved on to b, b to c, c to d
      a = (t1 + s0 + ((b & c) ^ (b & d) ^ (c & d))) | 0
    }
    ;[a, b, c, d, e, f, g, h].forEach((sum, i) => (state[i]! += sum))
  }
  state.forEach((word, i) => view.setInt32(4 * i, word))
  return padded.slice(0, 32)
}
