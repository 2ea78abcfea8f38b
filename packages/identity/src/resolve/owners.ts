import { byTime, type IdentityEvent, type ResolvePolicy } from './identity-event'
import { isAnonymous, isContact, rankOf, type Id } from './identifiers'
import type { Folded } from './fold'
import type { Link, Trace } from './trace'

const day = 86_400_000

/** R10: whom an event is counted for, by the identifiers left in it; null for nobody. */
export function ownerOf({ event, ids }: Trace, folded: Folded, policy: ResolvePolicy): Id | null {
  const strongest = ids[0]
  if (strongest === undefined) return null
  if (rankOf(strongest) < 4) return folded.personOf(strongest)
  const contacts = ids.filter(isContact)
  for (const contact of contacts) {
    const holder = holderOf(event, folded.proofs.get(contact) ?? [], (policy.laterHolderDays ?? 90) * day)
    if (holder !== undefined) return folded.personOf(holder)
  }
  const anonymous = ids.filter(isAnonymous)[0]
  return contacts[0] ?? (anonymous === undefined ? null : visitorOf(anonymous, event, folded))
}

/** Who held a phone or e-mail at the time of the event. */
function holderOf(event: IdentityEvent, proofs: readonly Link[], laterMs: number): Id | undefined {
  const before = proofs.filter((proof) => proof.event.ts <= event.ts)
  const last = before[before.length - 1]
  if (last) return last.unbound.some((ts) => ts <= event.ts) ? undefined : last.from
  const later = proofs[0]
  return later && later.event.ts - event.ts <= laterMs && !later.unbound.length ? later.from : undefined
}

/** After a logout the next person on the device is unknown, until somebody claims it again. */
function visitorOf(id: Id, event: IdentityEvent, folded: Folded): Id {
  const left = (folded.logouts.get(id) ?? []).filter((logout) => byTime(logout, event) < 0)
  const last = left[left.length - 1]
  const again = last && (folded.claims.get(id) ?? []).some((claim) => byTime(claim.event, last) > 0)
  return last && !again ? id : folded.personOf(id)
}
