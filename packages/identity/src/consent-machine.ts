import type { Purpose } from './purposes'

/** unset: nobody was asked. denied: refused at first. withdrawn: granted once, taken back. */
export type ConsentState = 'unset' | 'granted' | 'denied' | 'withdrawn'

/** What a person decided. `grant` and `withdraw` name purposes; `deny` is all of them. */
export type Choice = 'grant' | 'deny' | 'withdraw'

/** What a choice causes, beside being remembered. */
export interface Move {
  readonly to: ConsentState
  /** Record a receipt in the trade lane. */
  readonly receipt: boolean
  /** Remove visitor, member and unsent observe facts. */
  readonly clear: boolean
}

const stay = (to: ConsentState): Move => ({ to, receipt: false, clear: false })
const granted: Move = { to: 'granted', receipt: true, clear: false }
const withdrawn: Move = { to: 'withdrawn', receipt: true, clear: true }

/** The whole state machine. `withdraw` here is of everything; of a part of the purposes it stays `granted`. */
export const moves: Readonly<Record<ConsentState, Readonly<Record<Choice, Move>>>> = {
  unset: { grant: granted, deny: { to: 'denied', receipt: true, clear: false }, withdraw: stay('unset') },
  granted: { grant: granted, deny: withdrawn, withdraw: withdrawn },
  denied: { grant: granted, deny: stay('denied'), withdraw: stay('denied') },
  withdrawn: { grant: granted, deny: stay('withdrawn'), withdraw: stay('withdrawn') },
}

/** The purposes after a choice. */
export function purposesAfter(choice: Choice, now: readonly Purpose[], named: readonly Purpose[]): readonly Purpose[] {
  if (choice === 'deny') return []
  return choice === 'grant' ? now.concat(named.filter((p) => now.indexOf(p) < 0)) : now.filter((p) => named.indexOf(p) < 0)
}
