/** The four channels, in the order of the page. */
export type ChannelId = 'web' | 'mini' | 'till' | 'server'

/** What the verdict looks at in one channel. */
export interface Seen {
  readonly id: ChannelId
  /** Total in fen; absent while there is none. */
  readonly pay?: number
  /** Release it was priced with. */
  readonly version: number
  readonly offline: boolean
  /** The member tier this channel knows of. */
  readonly tier?: string
}

/** Why a total may differ. */
export type Cause = 'release' | 'member' | 'unknown'

/** A channel with another total. */
export interface Odd {
  readonly seen: Seen
  /** Its total minus that of the others, in fen. */
  readonly by: number
  readonly cause: Cause
}

/** What the four totals say. */
export type Verdict =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'equal'; readonly pay: number; readonly version: number; readonly behind: readonly Seen[] }
  | { readonly kind: 'differs'; readonly pay: number; readonly version: number; readonly odd: readonly Odd[] }

/** Compares the totals. The total most channels have counts; where two are as frequent, that of the server. */
export function verdictOf(channels: readonly Seen[]): Verdict {
  if (!channels.length || channels.some(({ pay }) => pay === undefined)) return { kind: 'waiting' }
  const count = (pay: number | undefined): number =>
    channels.filter((seen) => seen.pay === pay).length * 2 + (channels.some((seen) => seen.id === 'server' && seen.pay === pay) ? 1 : 0)
  const most = channels.reduce((best, seen) => (count(seen.pay) > count(best.pay) ? seen : best))
  const pay = most.pay as number
  const agreed = channels.filter((seen) => seen.pay === pay)
  const version = Math.max(...agreed.map((seen) => seen.version))
  const odd = channels.filter((seen) => seen.pay !== pay).map((seen): Odd => ({ seen, by: (seen.pay as number) - pay, cause: causeOf(seen, version, agreed) }))
  return odd.length ? { kind: 'differs', pay, version, odd } : { kind: 'equal', pay, version, behind: channels.filter((seen) => seen.version < version) }
}

function causeOf(seen: Seen, version: number, agreed: readonly Seen[]): Cause {
  if (seen.version !== version) return 'release'
  return agreed.every(({ tier }) => tier === seen.tier) ? 'unknown' : 'member'
}
