import type { StandardBodies } from '../event-bodies'
import type { JourneyStage } from '../fact-kinds'
import { OmoError } from '../issues'

/** A schema of zod 4, or of any other library that can say itself as JSON Schema (Standard JSON Schema). */
export interface PlanSchema<T = unknown> {
  readonly '~standard': {
    readonly types?: { readonly input: T } | undefined
    readonly jsonSchema: { readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown> }
  }
}

/** One event of a plan. */
export interface PlannedEvent {
  /** What it is called for people. */
  readonly zh?: string
  readonly en?: string
  /** Of the brand's own events; a standard one has its stage. */
  readonly stage?: JourneyStage
  /** Who answers questions about it. */
  readonly owner?: string
  /** The whole body of an own event; of a standard one what the brand wants beside its standard fields. */
  readonly body?: PlanSchema
}

type PlanEvents<E> = { readonly [K in keyof E]: K extends `x:${string}` | keyof StandardBodies ? PlannedEvent : never }

/** What a plan is made of. */
export interface PlanOptions<E> {
  readonly name: string
  /** A whole number that goes up with every change. */
  readonly version: number
  /** true: own events (`x:…`) that the plan does not name are wrong; default false. */
  readonly closed?: boolean
  readonly events: E & PlanEvents<E>
}

/** A brand's tracking plan. */
export interface Plan<E = Readonly<Record<string, PlannedEvent>>> {
  readonly name: string
  readonly version: number
  readonly closed: boolean
  readonly events: E
}

type InputOf<S> = S extends { readonly '~standard': { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I }
    ? I
    : unknown
  : unknown

type ReadOnly<T> = T extends readonly (infer I)[] ? readonly ReadOnly<I>[] : T extends object ? { readonly [K in keyof T]: ReadOnly<T[K]> } : T

/** The body a plan wants for one of its events. */
export type BodyOfPlan<N, D> = (N extends keyof StandardBodies ? StandardBodies[N] : unknown) &
  (D extends { readonly body: infer S } ? ReadOnly<InputOf<S>> : unknown)

/** The bodies of all events of a plan, for {@link planned}. */
export type PlanBodies<P> = P extends Plan<infer E> ? { [N in keyof E]: BodyOfPlan<N, E[N]> } : never

/**
 * A tracking plan: the brand's own events (`x:…`), and what it wants on standard ones beside their standard fields. Written once, it
 * gives types, a validator without zod, JSON Schema and a catalogue by `omokit plan FILE`. Throws `unknown-kind` for a name that is
 * neither, `invalid` for a version that is no whole number.
 *
 * @example
 * ```ts
 * import * as z from 'zod'
 * export const plan = definePlan({
 *   name: 'acme',
 *   version: 1,
 *   events: { 'x:Sample Asked': { en: 'A sample was asked for', body: z.object({ sku: z.string() }) } },
 * })
 * ```
 */
export function definePlan<const E>({ name, version, closed = false, events }: PlanOptions<E>): Plan<E> {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) throw new OmoError('invalid', 'name: 1 to 32 of a-z, 0-9 and hyphen')
  if (!Number.isSafeInteger(version) || version < 1) throw new OmoError('invalid', 'version: a whole number from 1')
  for (const event of Object.keys(events)) if (!/^(?:x:\S.{0,61}|[A-Z]\w+(?: \w+)+)$/.test(event)) throw new OmoError('unknown-kind', event)
  return { name, version, closed, events }
}
