export { priceConsistency } from './price-consistency'
export type { ArticlePrices, PriceConsistency } from './price-consistency'
export type { Issue, IssueCode, Refusal, Result } from '../result'
