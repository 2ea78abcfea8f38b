import { carry, product } from './limbs'

/** 64 bits: the high and the low 32. */
type Word = readonly [high: number, low: number]

let tables: { readonly k: readonly Word[]; readonly start: readonly Word[] } | undefined

/** First 64 bits of the fractional parts of the cube roots of the first 80 primes, and of the square roots of the first 8. Worked out once: smaller than a table. */
function constants(): { readonly k: readonly Word[]; readonly start: readonly Word[] } {
  if (tables) return tables
  const k: Word[] = []
  const start: Word[] = []
  for (let n = 2; k.length < 80; n++) {
    let d = 2
    while (n % d) d++
    if (d < n) continue
    if (start.length < 8) start.push(rootOf(n, 2))
    k.push(rootOf(n, 3))
  }
  return (tables = { k, start })
}

/** The first 64 bits behind the point of the root, bit by bit: the largest number whose power is not above `n`. */
function rootOf(n: number, degree: number): Word {
  const root = [0, 0, 0, 0, 0]
  for (let bit = 68; bit >= 0; bit--) {
    const at = bit >> 4
    const with1 = root.slice()
    with1[at] = (root[at] as number) + 2 ** (bit & 15)
    let power = with1
    for (let i = 1; i < degree; i++) power = product(power, with1)
    carry(power)
    // what stands at and above the point of the power
    if (power.slice(4 * degree).reduceRight((sum, limb) => sum * 65536 + limb, 0) < n) root[at] = with1[at] as number
  }
  return [(root[3] as number) * 65536 + (root[2] as number), (root[1] as number) * 65536 + (root[0] as number)]
}

const turn = ([high, low]: Word, n: number): Word => (n < 32 ? [(high >>> n) | (low << (32 - n)), (low >>> n) | (high << (32 - n))] : turn([low, high], n - 32))
const shift = ([high, low]: Word, n: number): Word => [high >>> n, (low >>> n) | (high << (32 - n))]
const xor = (a: Word, b: Word, c: Word): Word => [a[0] ^ b[0] ^ c[0], a[1] ^ b[1] ^ c[1]]
const mix = (word: Word, a: number, b: number, c: number): Word => xor(turn(word, a), turn(word, b), turn(word, c))
const add = (...words: readonly Word[]): Word => {
  let high = 0
  let low = 0
  for (const word of words) {
    high += word[0]
    low += word[1] >>> 0
  }
  return [(high + Math.floor(low / 0x100000000)) | 0, low | 0]
}

/** SHA-512 (FIPS 180-4) of the parts one after another, without BigInt. For signatures: small, not fast. */
export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const padded = new Uint8Array(((length + 16) >> 7 << 7) + 128)
  let end = 0
  for (const part of parts) {
    padded.set(part, end)
    end += part.length
  }
  padded[length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, length / 0x20000000)
  view.setUint32(padded.length - 4, length << 3)
  const { k, start } = constants()
  let state = start
  for (let at = 0; at < padded.length; at += 128) {
    const w: Word[] = []
    let now = state
    for (let i = 0; i < 80; i++) {
      if (i < 16) w.push([view.getInt32(at + 8 * i), view.getInt32(at + 8 * i + 4)])
      else {
        const x = w[i - 15] as Word
        const y = w[i - 2] as Word
        w.push(add(w[i - 16] as Word, xor(turn(x, 1), turn(x, 8), shift(x, 7)), w[i - 7] as Word, xor(turn(y, 19), turn(y, 61), shift(y, 6))))
      }
      const [a, b, c, d, e, f, g, h] = now as readonly [Word, Word, Word, Word, Word, Word, Word, Word]
      const choice: Word = [(e[0] & f[0]) ^ (~e[0] & g[0]), (e[1] & f[1]) ^ (~e[1] & g[1])]
      const majority: Word = [(a[0] & b[0]) ^ (a[0] & c[0]) ^ (b[0] & c[0]), (a[1] & b[1]) ^ (a[1] & c[1]) ^ (b[1] & c[1])]
      const t = add(h, mix(e, 14, 18, 41), choice, k[i] as Word, w[i] as Word)
      now = [add(t, mix(a, 28, 34, 39), majority), a, b, c, add(d, t), e, f, g]
    }
    state = state.map((word, i) => add(word, now[i] as Word))
  }
  const out = new DataView(new ArrayBuffer(64))
  state.forEach((word, i) => {
    out.setInt32(8 * i, word[0])
    out.setInt32(8 * i + 4, word[1])
  })
  return new Uint8Array(out.buffer)
}
