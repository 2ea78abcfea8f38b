/** The four stages of omni-channel retail: 引流 draw, 转化 convert, 留存 retain, 裂变 refer. */
export type Stage = 'draw' | 'convert' | 'retain' | 'refer'

/** How often one person did one thing; several rows of the same person and kind add up. */
export interface CountedEvent {
  /** Any stable id of a person, as the person fold gives it. */
  readonly person: string
  /** Name of the event. */
  readonly kind: string
  /** Default 1. */
  readonly count?: number
  /** Where; used for `crossChannel`. */
  readonly channel?: string
}

export interface StageRow {
  readonly stage: Stage
  /** Distinct persons who reached the stage. */
  readonly persons: number
  /** Events counted in it. */
  readonly events: number
  /** The stage `rate` is measured from; none for the first. */
  readonly of?: Stage
  /** `persons` over the persons of `of`, 0 when nobody reached that. */
  readonly rate: number
}

export interface StageFunnel {
  /** draw, convert, retain, refer. */
  readonly stages: readonly StageRow[]
  /** Buyers seen in more than one channel. */
  readonly crossChannel: number
}

const drawn: readonly string[] = [
  'Session Started',
  'Page Viewed',
  'Screen Viewed',
  'Products Searched',
  'Product List Viewed',
  'Product Clicked',
  'Product Viewed',
  'Promotion Viewed',
  'Promotion Clicked',
  'QR Scanned',
  'Store Entered',
  'Store Exited',
  'Content Viewed',
  'Live Session Joined',
  'Product List Filtered',
  'Product Tried On',
  'Shelf Price Shown',
  'Product Added',
  'Product Removed',
  'Product Added to Wishlist',
  'Product Removed from Wishlist',
  'Wishlist Product Added to Cart',
  'Cart Viewed',
  'Checkout Started',
  'Checkout Step Viewed',
  'Checkout Step Completed',
  'Payment Info Entered',
  'Coupon Claimed',
  'Coupon Entered',
  'Coupon Applied',
  'Coupon Denied',
  'Coupon Removed',
  'Appointment Booked',
  'Referral Accepted',
]
const bought: readonly string[] = ['Order Completed', 'Receipt Issued']
const referred: readonly string[] = ['Referral Shared', 'Product Shared', 'Cart Shared', 'Content Shared', 'Group Buy Joined']

/** The stage an event is evidence of; a purchase is `convert`, a second one makes the person `retain`. Undefined: of none. */
export function stageOf(kind: string): Exclude<Stage, 'retain'> | undefined {
  return bought.indexOf(kind) >= 0 ? 'convert' : referred.indexOf(kind) >= 0 ? 'refer' : drawn.indexOf(kind) >= 0 ? 'draw' : undefined
}

/**
 * Counts persons by stage. A later stage is evidence of the ones before it: who bought in a store without ever being seen
 * online was drawn all the same, so no rate is above 1. `retain` is a second purchase. A receipt and an order of the same
 * purchase must not both be given; give one row for each purchase.
 *
 * @param stage which stage an event is evidence of, for the brand's own events; default {@link stageOf}
 */
export function stageFunnel(events: Iterable<CountedEvent>, stage: (kind: string) => Stage | undefined = stageOf): StageFunnel {
  const seen = new Map<string, Person>()
  const total: Record<Stage, number> = { draw: 0, convert: 0, retain: 0, refer: 0 }
  for (const { person, kind, count = 1, channel } of events) {
    const reached = stage(kind)
    if (reached === undefined || !(count > 0)) continue
    let one = seen.get(person)
    if (!one) seen.set(person, (one = { draw: 0, convert: 0, retain: 0, refer: 0, channels: [] }))
    one[reached] += count
    total[reached] += count
    if (channel !== undefined && one.channels.indexOf(channel) < 0) one.channels.push(channel)
  }
  const persons: Record<Stage, number> = { draw: 0, convert: 0, retain: 0, refer: 0 }
  let crossChannel = 0
  seen.forEach((one) => {
    const converted = one.convert > 0 || one.retain > 0
    const again = Math.max(0, one.convert - 1)
    total.retain += again
    persons.draw++
    if (converted) persons.convert++
    if (converted && one.channels.length > 1) crossChannel++
    if (again > 0 || one.retain > 0) persons.retain++
    if (one.refer > 0) persons.refer++
  })
  const row = (name: Stage, of?: Stage): StageRow => ({
    stage: name,
    persons: persons[name],
    events: total[name],
    ...(of && { of }),
    rate: !of ? 1 : persons[of] ? persons[name] / persons[of] : 0,
  })
  return { stages: [row('draw'), row('convert', 'draw'), row('retain', 'convert'), row('refer', 'draw')], crossChannel }
}

interface Person extends Record<Stage, number> {
  readonly channels: string[]
}
