import { accept, check, refuse, type Result } from '../result'

const most = 16

/**
 * Exact Shapley values: what each player adds on average over all orders in which the players could join. They add up to the
 * worth of all players together. L. Shapley, "A value for n-person games", 1953.
 *
 * @param players at most 16: 65,536 coalitions
 * @param worth what a coalition is worth, asked once for each but the empty one, which is worth 0; members in the order of
 *   `players`
 * @returns one value for each player, in their order, in the unit of `worth`; {@link apportion} makes whole minor units of them
 */
export function shapley(players: readonly string[], worth: (coalition: readonly string[]) => number): Result<readonly number[]> {
  const n = players.length
  if (n > most) return refuse('too-many', 'players', n, most)
  const worths = [0]
  for (let set = 1; set < 1 << n; set++) {
    const members = players.filter((_, i) => set & (1 << i))
    const value = worth(members)
    const wrong = check(`worth.${members.join()}`, value, true, 'a number')
    if (wrong) return wrong
    worths.push(value)
  }
  // |S|! (n − |S| − 1)! / n!
  const weights: number[] = []
  for (let size = 0, weight = 1 / n; size < n; size++) {
    weights.push(weight)
    weight *= (size + 1) / (n - size - 1)
  }
  const values = players.map(() => 0)
  for (let set = 0; set < 1 << n; set++) {
    let size = 0
    for (let bits = set; bits; bits &= bits - 1) size++
    for (let i = 0; i < n; i++)
      if (!(set & (1 << i))) (values[i] as number) += (weights[size] as number) * ((worths[set | (1 << i)] as number) - (worths[set] as number))
  }
  return accept(values)
}
