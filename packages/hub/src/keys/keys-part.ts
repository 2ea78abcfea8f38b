import { refuse } from '@omokit/core'
import * as z from 'zod'
import { answer, json } from '../http/answer'
import { refuseUnless } from '../http/authorise'
import { jsonBody } from '../http/json-body'
import { readInput } from '../http/read-input'
import type { HubContext, HubPart } from '../hub-context'
import { createKey, revokeKey } from './create-key'

const input = z.strictObject({
  kind: z.enum(['publishable', 'terminal', 'secret', 'staff']),
  mode: z.enum(['test', 'live']),
  roles: z
    .array(z.enum(['admin', 'publish', 'marketing', 'reports', 'facts']))
    .max(8)
    .optional(),
  storeId: z.string().min(1).max(64).optional(),
  label: z.string().max(120).optional(),
  consent: z.array(z.string().min(1).max(64)).max(32).optional(),
})

/** `POST /v1/keys` makes a key, `DELETE /v1/keys/<hash>` revokes one: staff with the role admin. */
export function keysPart(context: HubContext): HubPart {
  return {
    mount(app) {
      app.post('/v1/keys', async (c) => {
        const refused = refuseUnless(c.var.key, ['staff'])
        if (refused) return refused
        const body = await jsonBody(c.req.raw, context.limits)
        if (!body.ok) return answer(body)
        const read = readInput(input, body.value)
        if (!read.ok) return answer(read)
        const { roles, storeId, label, consent, ...rest } = read.value
        return answer(
          await createKey(context.store, context.effects, {
            ...rest,
            brand: c.var.key.brand,
            ...(roles ? { roles } : {}),
            ...(storeId ? { storeId } : {}),
            ...(label ? { label } : {}),
            ...(consent ? { consent } : {}),
          }),
        )
      })
      app.delete('/v1/keys/:hash', async (c) => {
        const refused = refuseUnless(c.var.key, ['staff'])
        if (refused) return refused
        const done = await revokeKey(context.store, c.var.key.brand, c.req.param('hash'))
        return done ? json({ revoked: true }) : answer(refuse('not-found'))
      })
    },
  }
}
