import { accept, below, check, type Result } from '../result'
import { totalOf } from '../total-of'
import { apportion } from './apportion'
import { checkJourneys, type ChannelCredit, type Journey } from './journey'
import { touchShares, type AttributionModel } from './touch-shares'

/**
 * Credits conversions and value to channels by a rule; a channel that is twice in a path gets both parts. Value is rounded
 * once, at the end, so that nothing is lost or made: the channels add up to the journeys to the minor unit.
 *
 * @returns channels in the order of their names; the order of the journeys does not matter
 */
export function attribute(journeys: readonly Journey[], model: AttributionModel): Result<readonly ChannelCredit[]> {
  const wrong = checkJourneys(journeys)
  if (wrong) return wrong
  const credits = new Map<string, { conversions: number; value: number }>()
  let total = 0
  for (let i = 0; i < journeys.length; i++) {
    const { path, agesMs, conversions = 1, value = 0 } = journeys[i] as Journey
    const differ = agesMs && check('agesMs', agesMs.length, agesMs.length === path.length, 'one for each touch')
    const shares = differ || touchShares(agesMs || path.length, model)
    if (!shares.ok) return below(`journeys.${i}`, shares)
    total += value
    path.forEach((channel, touch) => {
      let own = credits.get(channel)
      if (!own) credits.set(channel, (own = { conversions: 0, value: 0 }))
      own.conversions += conversions * (shares.value[touch] as number)
      own.value += value * (shares.value[touch] as number)
    })
  }
  return settle(credits, total)
}

/** Real credits to rows by name, their value in whole minor units that add up to the total. */
function settle(credits: ReadonlyMap<string, { readonly conversions: number; readonly value: number }>, total: number): Result<readonly ChannelCredit[]> {
  const channels = Array.from(credits.keys()).sort()
  const values = channels.map((channel) => credits.get(channel)?.value as number)
  // returns may leave a channel below 0, which no weight can be: whole parts first, then only what rounding left
  const whole = values.map(Math.floor)
  const left = total - totalOf(whole)
  const rests =
    left > 0
      ? apportion(
          left,
          values.map((value, i) => value - (whole[i] as number)),
        )
      : undefined
  return accept(
    channels.map((channel, i) => ({
      channel,
      conversions: credits.get(channel)?.conversions as number,
      value: (whole[i] as number) + (rests?.ok ? (rests.value[i] as number) : 0),
    })),
  )
}
