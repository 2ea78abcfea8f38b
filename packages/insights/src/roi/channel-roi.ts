import { accept, check, checkAmount, checkEach, type Result } from '../result'

/** What a channel brought and cost in the same time; money in minor units. */
export interface ChannelSpend {
  readonly channel: string
  readonly revenue: number
  /** Share of revenue left after the goods, and after the coupons the brand funds itself. */
  readonly margin: number
  readonly spend: number
}

export interface ChannelRoi {
  readonly channel: string
  /** Revenue over spend; null without spend. */
  readonly roas: number | null
  /** (margin × revenue − spend) / spend; null without spend. Below 0 the channel loses money, however good its roas. */
  readonly roi: number | null
}

/** Return on spend of channels, in the order given. */
export function channelRoi(channels: readonly ChannelSpend[]): Result<readonly ChannelRoi[]> {
  const wrong = checkEach(
    'channels',
    channels,
    ({ revenue, margin, spend }) =>
      checkAmount('revenue', revenue) ||
      check('margin', margin, margin <= 1, '<= 1') ||
      checkAmount('spend', spend) ||
      check('spend', spend, spend >= 0, '>= 0'),
  )
  return (
    wrong ||
    accept(
      channels.map(({ channel, revenue, margin, spend }) => ({
        channel,
        roas: spend ? revenue / spend : null,
        roi: spend ? (margin * revenue - spend) / spend : null,
      })),
    )
  )
}
