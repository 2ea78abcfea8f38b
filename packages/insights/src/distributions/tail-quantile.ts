import { bisect } from './bisect'

/** The x ≥ 0 whose upper tail is p, for a distribution that is symmetric about 0 and p ≤ ½. */
export function tailQuantile(upper: (x: number) => number, p: number): number {
  let most = 1
  while (upper(most) > p) most *= 2
  return bisect((x) => upper(x) <= p, 0, most)
}
