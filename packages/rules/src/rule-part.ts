import type { CartLine } from './cart'
import type { BoundRule } from './compile'
import type { Quote } from './types'

/** A kind of rule that not every book has. Those who must understand it give it to `compile`. Its insides are not an interface. */
export interface RulePart {
  readonly kind: 'tax'
  /** Shape of a row, in the words of `checkOf`. */
  readonly shape: string
  /** Path of what is wrong among its rows, in run order; undefined when nothing is. */
  readonly fault: (rows: readonly BoundRule[]) => string | undefined
  /** What it asks for on the nets of all lines, the last of which is the fee; each standing row comes with the lines it fits. */
  readonly charge: (rows: readonly Charging[], nets: readonly number[], lines: readonly CartLine[]) => Charge
}

/** A row that stands here and now. */
export interface Charging {
  readonly rule: BoundRule
  readonly lines: readonly CartLine[]
}

/** What is asked for beside the nets. */
export interface Charge {
  /** What is to be paid for each net, the last of which is the fee. */
  readonly owed: readonly number[]
  /** The quote with it. */
  readonly onto: (quote: Quote) => Quote
}
