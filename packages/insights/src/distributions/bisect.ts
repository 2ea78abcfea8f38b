/** Where `reached` turns from false at `low` to true at `high`, to the last bit. */
export function bisect(reached: (x: number) => boolean, low: number, high: number): number {
  for (;;) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) return high
    if (reached(middle)) high = middle
    else low = middle
  }
}
