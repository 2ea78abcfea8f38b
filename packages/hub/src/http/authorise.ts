import { type KeyKind, refuse } from '@omokit/core'
import type { Context, MiddlewareHandler } from 'hono'
import type { HubContext, HubEnv, HubPart } from '../hub-context'
import type { HubKey, StaffRole } from '../keys/hub-key'
import { createRateLimiter } from './rate-limiter'
import { refusalResponse } from './refusal'

/** Finds out who calls, and how often: 401, 403 or 429 before anything else is looked at. */
export function authorise(context: HubContext, memberOf: HubPart['memberOf']): MiddlewareHandler<HubEnv> {
  const perKey = createRateLimiter(context.limits.perKey, context.effects.now)
  const perBrand = createRateLimiter(context.limits.perBrand, context.effects.now)
  return async (c, next) => {
    const found = await context.findKey(keyText(c))
    if (!found.ok) return refusalResponse(found)
    const key = found.value
    // the key's own bucket first: a flood by one key must not use up the brand's
    const wait = perKey(key.hash) || perBrand(key.brand)
    if (wait) return refusalResponse(refuse('rate-limited', { need: wait }))
    const token = c.req.header('omokit-member')
    c.set('key', key)
    // a token that ran out must not stop facts that need none: what needs a member refuses by itself
    c.set('member', token === undefined ? undefined : await memberOf?.(key.brand, token))
    return next()
  }
}

function keyText(c: Context): string | undefined {
  const header = c.req.header('authorization')
  if (c.req.path.startsWith('/v1/receive/')) {
    // other trackers' senders: Segment's write key is a user name without a password, GA4's secret stands in the address
    const basic = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(header ?? '')?.[1]
    if (basic !== undefined) return Buffer.from(basic, 'base64').toString('latin1').replace(/:$/, '')
    if (header === undefined) return c.req.query('api_secret')
  }
  if (header !== undefined) return /^Bearer ([\x21-\x7e]+)$/.exec(header)?.[1]
  // EventSource cannot set headers
  return c.req.path === '/v1/releases/stream' ? c.req.query('key') : undefined
}

/** The refusal when this key is of none of the kinds, or a staff key without any of the roles (`admin` may all); else undefined. */
export function refuseUnless(key: HubKey, kinds: readonly KeyKind[], roles: readonly StaffRole[] = []): Response | undefined {
  if (!kinds.includes(key.kind)) return refusalResponse(refuse('forbidden', { have: key.kind, need: kinds.join(', ') }))
  if (key.kind === 'staff' && !key.roles.includes('admin') && !roles.some((role) => key.roles.includes(role)))
    return refusalResponse(refuse('forbidden', { have: key.roles.join(', ') || 'no role', need: roles.join(', ') || 'admin' }))
  return undefined
}
