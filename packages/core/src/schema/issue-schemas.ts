import * as z from 'zod/mini'
import type { Issue, IssueCode, Refusal } from '../issues'
import { en } from '../texts/en'
import { label } from './atoms'
import type { Schema } from './schema-of'

/** Every code there is. */
export const issueCodeSchema: Schema<IssueCode> = z.enum(Object.keys(en) as [IssueCode, ...IssueCode[]])

export const issueSchema: Schema<Issue> = z.object({
  code: issueCodeSchema,
  path: z.exactOptional(label),
  have: z.exactOptional(z.union([z.number(), label])),
  need: z.exactOptional(z.union([z.number(), label])),
})

/** The body of every refusal. */
export const refusalSchema: Schema<Refusal> = z.object({ ok: z.literal(false), issues: z.array(issueSchema).check(z.minLength(1), z.maxLength(1000)) })
