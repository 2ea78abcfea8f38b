import type { Purpose } from './purposes'

/** unset: nobody was asked. denied: refused at first. withdrawn: granted once, taken back. */
export type ConsentState = 'unset' | 'granted' | 'denied' | 'withdrawn'

/** What a person decided. `grant` and `withdraw` name purposes; `deny` is all of them. */
export type Choice = 'grant' | 'deny' | 'withdraw'

/** The purposes after a choice. */
export const purposesAfter = (choice: Choice, now: readonly Purpose[], named: readonly Purpose[]): readonly Purpose[] =>
  choice === 'grant' ? now.concat(named.filter((p) => now.indexOf(p) < 0)) : now.filter((p) => named.indexOf(p) < 0)

/** The whole state machine: what comes of a choice that leaves the purposes `left`. Who takes back a part only has still granted the rest. */
export function stateAfter(choice: Choice, state: ConsentState, left: readonly Purpose[]): ConsentState {
  if (choice === 'grant') return 'granted'
  if (state === 'granted') return left.some((p) => p !== 'necessary') ? state : 'withdrawn'
  return state === 'unset' && choice === 'deny' ? 'denied' : state
}
