import type { FactBody } from '../facts'
import type { Issue } from '../issues'
import { planFaults } from './plan-faults'
import type { PlanTable } from './plan-table'

export interface PlanCheckOptions {
  /** true: every fault is told to `onIssue` with its event and path. In production faults are flagged and counted, not told. */
  readonly development?: boolean
  /** `path` is the event and the field: `x:Sample Asked.sku`. */
  readonly onIssue?: (issue: Issue) => void
}

/** What a check has seen since it was made. */
export interface PlanCounts {
  readonly checked: number
  readonly wrong: number
  /** Wrong ones by the name of the event. */
  readonly byEvent: Readonly<Record<string, number>>
}

/** Checks events against a plan. */
export interface PlanCheck {
  /**
   * For a plugin of the tracker: a body that fits the plan comes back as it is; another one too, with the paths that are wrong
   * in `offPlan` (at most 8): a wrong event is taken, flagged and counted, never lost.
   */
  readonly before: (event: string, body: FactBody) => FactBody
  /** What is wrong with an event. Codes: `invalid`, and `unknown-kind` for an own event that a closed plan does not name. */
  issues(event: string, body: FactBody): readonly Issue[]
  counts(): PlanCounts
}

/** A check made of a generated plan: no zod, es2017, runs in mini-programs. */
export function createPlanCheck(plan: PlanTable, options: PlanCheckOptions = {}): PlanCheck {
  const byEvent = Object.create(null) as Record<string, number>
  let checked = 0
  let wrong = 0

  function issues(event: string, body: FactBody): readonly Issue[] {
    const node = Object.prototype.hasOwnProperty.call(plan.events, event) ? plan.events[event] : undefined
    if (node) return planFaults(node, body)
    return plan.closed && event.slice(0, 2) === 'x:' ? [{ code: 'unknown-kind', have: event }] : []
  }

  return {
    issues,
    before(event, body) {
      const found = issues(event, body)
      checked++
      if (!found.length) return body
      wrong++
      byEvent[event] = (byEvent[event] || 0) + 1
      if (options.development && options.onIssue)
        for (const issue of found) {
          try {
            options.onIssue(Object.assign({}, issue, { path: issue.path ? `${event}.${issue.path}` : event }))
          } catch {
            // a listener's mistake must not reach the page
          }
        }
      return Object.assign({}, body, { offPlan: found.map((issue) => issue.path || '') })
    },
    counts: () => ({ checked, wrong, byEvent: Object.assign({}, byEvent) }),
  }
}
