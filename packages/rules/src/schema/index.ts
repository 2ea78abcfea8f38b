export { ruleJsonSchema } from './rule-json-schema'
export { ruleSchema } from './rule-book-schema'
