export { readSeal, seal, sealMatches } from './seal'
export type { SealedLine, SealedQuote } from './seal'
export type { Seal } from '../types'
