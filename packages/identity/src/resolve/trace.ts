import type { IdentityEvent } from './identity-event'
import type { Id } from './identifiers'

/** An event with the identifiers R1 and R2 left in it, strongest first. */
export interface Trace {
  readonly event: IdentityEvent
  readonly ids: readonly Id[]
}

/** What deletes and unbinds decided so far (R7, R8), earliest first. */
export interface Effects {
  /** Events dropped as erased. */
  readonly dropped: ReadonlySet<string>
  /** By event: identifiers taken out as erased. */
  readonly taken: ReadonlyMap<string, readonly Id[]>
  /** Anonymous ids an erased person and another had both claimed. */
  readonly contested: ReadonlySet<Id>
  readonly cuts: readonly Cut[]
}

/** An unbind: links between the two groups made at or before `ts` do not hold. */
export interface Cut {
  readonly ts: number
  readonly from: readonly Id[]
  readonly to: readonly Id[]
  /** Hand-offs too. */
  readonly handoffs: boolean
}

/** A link an event proposes, from its strongest identifier. */
export interface Link {
  readonly event: IdentityEvent
  readonly from: Id
  readonly to: Id
  /** Cut by a split. */
  readonly split: boolean
  /** Times of the unbinds that cut it. */
  readonly unbound: readonly number[]
}

/** Notes what the fold would not do. */
export type Reject = (event: IdentityEvent, link: readonly Id[] | null, reason: string) => void

/** Two ends in one order, as refusals show them. */
export const ends = (a: Id, b: Id): readonly Id[] => (a < b ? [a, b] : [b, a])

/** Whether an unbind lies between two identifiers. */
export const isCut = ({ from, to }: Cut, a: Id, b: Id): boolean => (from.indexOf(a) >= 0 && to.indexOf(b) >= 0) || (from.indexOf(b) >= 0 && to.indexOf(a) >= 0)

/** Whether neither a split nor an unbind took the link away. */
export const holds = (link: Link): boolean => !link.split && !link.unbound.length

/** Adds to the list under a key. */
export const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
