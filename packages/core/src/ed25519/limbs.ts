/** Numbers as limbs of 16 bits, lowest first: their products and the sums of those stay exact in a double. */

/** The product without carries: limbs may be far above 16 bits, or negative where a factor's are. */
export function product(a: readonly number[], b: readonly number[]): number[] {
  const out: number[] = []
  for (let i = a.length + b.length; i--; ) out.push(0)
  for (let i = 0; i < a.length; i++) {
    const factor = a[i] as number
    for (let j = 0; j < b.length; j++) out[i + j] = (out[i + j] as number) + factor * (b[j] as number)
  }
  return out
}

/** Brings each limb into 16 bits and answers what went out at the top. */
export function carry(limbs: number[]): number {
  let over = 0
  for (let i = 0; i < limbs.length; i++) {
    const sum = (limbs[i] as number) + over
    over = Math.floor(sum / 65536)
    limbs[i] = sum - over * 65536
  }
  return over
}

/** Limbs of little-endian bytes. */
export function limbsOf(bytes: Uint8Array): number[] {
  const limbs: number[] = []
  for (let i = 0; i < bytes.length; i += 2) limbs.push((bytes[i] as number) | ((bytes[i + 1] as number) << 8))
  return limbs
}
