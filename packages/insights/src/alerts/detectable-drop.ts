import { bisect } from '../distributions/bisect'
import { powerProportions } from '../experiments/power-proportions'
import { accept, checkCount, checkShare, type Result } from '../result'

/**
 * The smallest fall of a rate that a window of so many visits shows against another like it, with the chance `power` and a
 * two-sided error of 0.05: what an alarm can see at all. 0.45 at 2,000 visits and 3 %.
 *
 * @param rate the usual rate, 0..1
 * @returns the fall as a share of the rate, 0..1; null where even a fall to nothing would be missed
 */
export function detectableDrop(visits: number, rate: number, power = 0.8): Result<number | null> {
  const wrong = checkCount('visits', visits, 1) || checkShare('rate', rate) || checkShare('power', power)
  if (wrong) return wrong
  const shows = (drop: number): boolean => {
    const chance = powerProportions({ rates: [rate, rate * (1 - drop)] }, visits)
    return chance.ok && chance.value >= power
  }
  return accept(shows(1) ? bisect(shows, 0, 1) : null)
}
