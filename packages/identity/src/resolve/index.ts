export { resolve } from './resolve'
export type { IdentityEvent, IdentityEventType, Rejection, Resolution, ResolvePolicy } from './identity-event'
export { normaliseEmail, normalisePhone } from './normalise'
export { identifiersOf } from './identifiers'
