export { resolve } from './resolve'
export { eventOfFact } from './event-of-fact'
export type { IdentityEvent, IdentityEventType, Rejection, Resolution, ResolvePolicy } from './identity-event'
export { normaliseEmail, normalisePhone } from './normalise'
