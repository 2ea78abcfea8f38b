import type { StandardBodies } from '../event-bodies'
import type { FactBody, FactRef, Place } from '../facts'

type BodyFor<B, N> = N extends keyof B ? B[N] : N extends keyof StandardBodies ? StandardBodies[N] : FactBody

/** What one call may say beside its body: as `TrackOptions` of `@omokit/tracker`. */
interface CallOptions {
  readonly purpose?: string
  readonly place?: Place
  readonly priority?: 0 | 1 | 2
}

/** A tracker that takes the events of a plan and the standard ones, and no other. */
export interface PlannedTracker<B> {
  track<N extends (keyof B | keyof StandardBodies) & string>(
    name: N,
    ...rest: object extends BodyFor<B, N> ? [body?: BodyFor<B, N>, options?: CallOptions] : [body: BodyFor<B, N>, options?: CallOptions]
  ): Promise<FactRef | undefined>
}

/**
 * The same tracker, typed by a plan: `planned<PlanBodies>(shop.tracker)` with the generated `PlanBodies`, or with `PlanBodies<typeof plan>`
 * where the plan itself is at hand. It does nothing at run time.
 */
export function planned<B>(tracker: { readonly track: (...call: never[]) => Promise<FactRef | undefined> }): PlannedTracker<B> {
  return tracker as unknown as PlannedTracker<B>
}
