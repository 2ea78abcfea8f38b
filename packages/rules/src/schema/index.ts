export { idleKey } from './idle-key'
export { ruleJsonSchema } from './rule-json-schema'
export { ruleSchema } from './rule-book-schema'
