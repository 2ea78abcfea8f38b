import { definePlan, type Plan } from '@omokit/core/plan'
import * as z from 'zod'

/** A brand's plan, as the tests read it. */
export const plan: Plan = definePlan({
  name: 'acme',
  version: 3,
  closed: true,
  events: {
    'x:Sample Asked': {
      zh: '申领小样',
      en: 'A sample was asked for',
      stage: 'acquisition',
      owner: 'CRM',
      body: z.object({
        sku: z.string().min(1).max(32),
        storeId: z.string().optional(),
        size: z.enum(['mini', 'full']),
        answers: z.array(z.object({ question: z.string(), score: z.int().min(1).max(5) })).max(3),
        extra: z.record(z.string(), z.number()).optional(),
        from: z.nullable(z.string().min(2)).optional(),
        note: z.union([z.string(), z.number(), z.null()]).optional(),
      }),
    },
    'x:Bare': {},
    'Product Viewed': { owner: 'web', body: z.object({ shade: z.string(), price: z.number().max(1_000_000) }) },
    'Cart Viewed': {},
  },
})
