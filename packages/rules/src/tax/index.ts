export { tax } from './tax'
export type { RulePart } from '../rule-part'
