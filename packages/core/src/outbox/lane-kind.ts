import { isKindName } from '../fact-lanes'
import type { Lane } from '../facts'
import type { Log } from '../ports'

/** What makes one lane different from another. */
export interface LaneKind {
  readonly name: Lane
  /** Which kinds of facts it takes; asked lane by lane in the order of sending. */
  readonly takes: (kind: string) => boolean
  /** Acknowledged records that stay, by number. */
  readonly kept: number
  /** Most numbers kept ready. */
  readonly block: number
  /**
   * Links records to one another, one append at a time: answers what gives a text the link to the record before, the first
   * time to record `last` of the log.
   */
  readonly chain?: (log: Log, last: number) => Promise<(seq: number, text: string) => string>
}

/** Everything under consent: purgeable, bounded, without links. */
export const observeLane: LaneKind = { name: 'observe', takes: isKindName, kept: 0, block: 1e9 }
