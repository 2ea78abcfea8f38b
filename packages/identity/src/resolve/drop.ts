import { consentRule } from './consent-rule'
import { isTrace, type IdentityEvent, type ResolvePolicy } from './identity-event'
import { isAnonymous } from './identifiers'
import type { Effects, Reject, Trace } from './trace'

/** R8 and R9: leaves out what was erased or never agreed to. */
export function drop(traces: readonly Trace[], effects: Effects, policy: ResolvePolicy, reject: Reject): readonly Trace[] {
  const consented = policy.requireConsent
    ? consentRule(
        traces.map((trace) => trace.event),
        policy,
      )
    : () => true
  const kept: Trace[] = []
  for (const { event, ids } of traces) {
    if (effects.dropped.has(event.id)) reject(event, null, 'erased')
    else if (event.type !== 'delete' && event.type !== 'consent' && isUnguarded(event)) reject(event, null, 'minor-no-guardian')
    else {
      const erased = effects.taken.get(event.id) ?? []
      let left = ids.filter((id) => erased.indexOf(id) < 0)
      if ((isTrace(event.type) || event.type === 'handoff') && !consented(event)) {
        if (event.basis !== 'contract') {
          reject(event, null, 'no-consent')
          continue
        }
        for (const id of left) if (isAnonymous(id)) reject(event, [id], 'no-consent')
        left = left.filter((id) => !isAnonymous(id))
      }
      for (const id of erased) reject(event, [id], 'erased')
      kept.push({ event, ids: left })
    }
  }
  return kept
}

/** Under 14 and nobody agreed for the child. */
export const isUnguarded = (event: IdentityEvent): boolean => event.minor === true && event.guardianConsent !== true
