export { createQuoter } from './create-quoter'
export type { Quoter, QuoterOptions } from './create-quoter'
