import type { FactBody, FactName, StandardBodies } from '@omokit/core'

/**
 * The bodies of the events that have a fixed shape. Extend it for the brand's own events, and `track` checks them:
 *
 * ```ts
 * declare module '@omokit/tracker' {
 *   interface EventBodies { 'x:Sampling Asked': { readonly sku: string } }
 * }
 * ```
 */
// an interface, because a brand merges its own events into it
export interface EventBodies extends StandardBodies {}

/** What `track` takes as a name: a known kind, or the brand's own under `x:`. */
export type EventName = FactName | `x:${string}` | (keyof EventBodies & string)

/** The body `track` wants for a name. */
export type BodyOf<N extends EventName> = N extends keyof EventBodies ? EventBodies[N] : FactBody
