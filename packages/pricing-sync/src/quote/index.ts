export { askQuote } from './ask-quote'
export { createQuoter } from './create-quoter'
export type { Quoter, QuoterOptions } from './create-quoter'
