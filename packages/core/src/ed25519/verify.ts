import { carry, limbsOf, product } from './limbs'
import { sha512 } from './sha512'

/** An element of the field of 2^255 - 19: sixteen limbs, any sum or difference of a few products' results. */
type Field = readonly number[]
/** A point of the curve in extended coordinates (Hisil, Wong, Carter, Dawson 2008): x = X/Z, y = Y/Z, T = XY/Z. */
type Point = readonly [x: Field, y: Field, z: Field, t: Field]

/**
 * Whether `signature` is that of `key` over `message`: Ed25519 as RFC 8032 §5.1.7 has it, the form without cofactor.
 * Refuses scalars that are not reduced and points of another spelling. Not in constant time: everything here is public.
 */
export function verify(key: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean {
  const { base } = curve()
  const r = signature.slice(0, 32)
  const s = limbsOf(signature.slice(32))
  const reduced = modOrder(s)
  const a = decode(key)
  if (!a || s.some((limb, i) => limb !== reduced[i])) return false
  const h = modOrder(limbsOf(sha512(r, key, message)))
  // [s]B - [h]A in one walk over the bits of both
  const minus: Point = [minusOf(a[0]), a[1], a[2], minusOf(a[3])]
  const both = addPoints(base, minus)
  let sum: Point = [zero, one, one, zero]
  for (let bit = 252; bit >= 0; bit--) {
    sum = addPoints(sum, sum)
    const inS = bitOf(s, bit)
    const inH = bitOf(h, bit)
    if (inS || inH) sum = addPoints(sum, inS ? (inH ? both : base) : minus)
  }
  const inverse = power(sum[2], 253, 2, 4)
  const y = canonical(times(sum[1], inverse))
  const got = limbsOf(r)
  y[15] = (y[15] as number) + 32768 * parity(times(sum[0], inverse))
  return y.every((limb, i) => limb === got[i])
}

const small = (n: number): Field => [n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
const zero = /* @__PURE__ */ small(0)
const one = /* @__PURE__ */ small(1)

const plus = (a: Field, b: Field): Field => a.map((limb, i) => limb + (b[i] as number))
const less = (a: Field, b: Field): Field => a.map((limb, i) => limb - (b[i] as number))
const minusOf = (a: Field): Field => less(zero, a)

function times(a: Field, b: Field): Field {
  const wide = product(a, b)
  const out = wide.slice(0, 16)
  for (let i = 0; i < 16; i++) out[i] = (out[i] as number) + 38 * (wide[i + 16] as number) // 2^256 is 38
  wrap(out)
  wrap(out)
  return out
}

const wrap = (limbs: number[]): void => {
  const over = carry(limbs)
  limbs[0] = (limbs[0] as number) + 38 * over
}

/** a to the power whose bits from `top + 1` down are all ones but for the two named. */
function power(a: Field, top: number, off: number, alsoOff: number): Field {
  let out = a
  for (let bit = top; bit >= 0; bit--) {
    out = times(out, out)
    if (bit !== off && bit !== alsoOff) out = times(out, a)
  }
  return out
}

/** The one spelling below 2^255 - 19. */
function canonical(a: Field): number[] {
  let out = a.slice()
  for (let i = 0; i < 3; i++) wrap(out)
  for (let i = 0; i < 2; i++) {
    const less19 = out.slice()
    less19[0] = (out[0] as number) + 19
    const top = 65536 * carry(less19) + (less19[15] as number) - 32768
    if (top < 0) break
    less19[15] = top // one modulus less
    out = less19
  }
  return out
}

const parity = (a: Field): number => (canonical(a)[0] as number) & 1
const same = (a: Field, b: Field): boolean => canonical(less(a, b)).every((limb) => !limb)
const bitOf = (limbs: readonly number[], bit: number): number => ((limbs[bit >> 4] as number) >> (bit & 15)) & 1

let known: { readonly d: Field; readonly root: Field; readonly base: Point } | undefined

/** The curve's d, the root of -1 and the base point, worked out once: y = 4/5, x even. */
function curve(): { readonly d: Field; readonly root: Field; readonly base: Point } {
  if (known) return known
  const over = (a: number, b: number): Field => times(small(a), power(small(b), 253, 2, 4))
  const root = power(small(2), 251, 2, 2)
  const d = over(-121665, 121666)
  known = { d, root, base: [zero, one, one, zero] }
  return (known = { d, root, base: pointOf(over(4, 5), 0) as Point })
}

function addPoints([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = times(less(y1, x1), less(y2, x2))
  const b = times(plus(y1, x1), plus(y2, x2))
  const t = times(times(t1, t2), curve().d)
  const z = times(z1, z2)
  const e = less(b, a)
  const f = less(z, t)
  const g = plus(z, t)
  const h = plus(b, a)
  // with 2z and 2t in f and g
  const f2 = plus(f, f)
  const g2 = plus(g, g)
  return [times(e, f2), times(g2, h), times(f2, g2), times(e, h)]
}

/** The point with this y whose x is odd or even. */
function pointOf(y: Field, odd: number): Point | undefined {
  const { d, root } = curve()
  const square = times(y, y)
  const u = less(square, one)
  const v = plus(times(d, square), one)
  const v3 = times(times(v, v), v)
  let x = times(times(u, v3), power(times(times(v3, v3), times(u, v)), 250, 1, 1))
  const back = times(v, times(x, x))
  if (!same(back, u)) {
    if (!same(back, minusOf(u))) return undefined
    x = times(x, root)
  }
  if (parity(x) !== odd) {
    if (same(x, zero)) return undefined
    x = minusOf(x)
  }
  return [x, y, one, times(x, y)]
}

function decode(key: Uint8Array): Point | undefined {
  const y = limbsOf(key)
  const odd = (y[15] as number) >> 15
  y[15] = (y[15] as number) & 32767
  return canonical(y).every((limb, i) => limb === y[i]) ? pointOf(y, odd) : undefined
}

/** 2^252 + 27742317777372353535851937790883648493 */
const order: readonly number[] = [0xd3ed, 0x5cf5, 0x631a, 0x5812, 0x9cd6, 0xa2f7, 0xf9de, 0x14de, 0, 0, 0, 0, 0, 0, 0, 4096]

/** The rest modulo the order of the base point, bit by bit. */
function modOrder(limbs: readonly number[]): Field {
  let rest: number[] = zero.slice()
  for (let bit = 16 * limbs.length - 1; bit >= 0; bit--) {
    rest = rest.map((limb) => 2 * limb)
    rest[0] = (rest[0] as number) + bitOf(limbs, bit)
    carry(rest)
    const smaller = rest.map((limb, i) => limb - (order[i] as number))
    if (!carry(smaller)) rest = smaller
  }
  return rest
}
