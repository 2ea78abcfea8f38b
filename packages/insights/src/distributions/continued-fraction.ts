/** start + a(1) / (b(1) + a(2) / (b(2) + …)), by the modified Lentz algorithm. */
export function continuedFraction(start: number, a: (i: number) => number, b: (i: number) => number): number {
  let value = start || 1e-300
  let up = value
  let down = 0
  for (let i = 1; i < 1e6; i++) {
    down = 1 / (b(i) + a(i) * down || 1e-300)
    up = b(i) + a(i) / up || 1e-300
    value *= up * down
    // turned round so that NaN ends it too
    if (!(Math.abs(up * down - 1) > 1e-15)) break
  }
  return value
}
