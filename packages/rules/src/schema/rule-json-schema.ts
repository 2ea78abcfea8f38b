import * as z from 'zod/mini'
import { ruleSchema } from './rule-book-schema'

/** JSON Schema (draft 2020-12) of one rule, for editors and other languages. What it cannot say: percents of `funding` add up to 100, and which keys change nothing beside others. */
export function ruleJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(ruleSchema) as Record<string, unknown>
}
