import { byTime, isTrace, type IdentityEvent, type Rejection, type Resolution, type ResolvePolicy } from './identity-event'
import { isUnguarded } from './drop'
import { fold, type Folded } from './fold'
import type { Cut, Effects, Trace } from './trace'
import { identifiersOf, isAnonymous, isContact, rankOf, type Id } from './identifiers'
import { ownerOf } from './owners'

/**
 * Who is who, as a pure function of the *set* of events: order of arrival, batches and repeats change nothing. Links are
 * facts and persons are derived, so a split, an unbind, a withdrawal or an erasure is one more event. Rules: R0 to R10 of
 * `docs/en/reference/person-fold`.
 */
export function resolve(events: Iterable<IdentityEvent>, policy: ResolvePolicy = {}): Resolution {
  const { traces, rejected } = readTraces(events, policy)
  const effects = decide(traces, policy)
  const folded = fold(traces, effects, policy)
  const dropped = new Set(folded.rejected.filter((rejection) => rejection.link === null).map((rejection) => rejection.event))
  const owners: Record<string, string | null> = {}
  for (const trace of folded.kept) if (isTrace(trace.event.type)) setOwn(owners, trace.event.id, ownerOf(trace, folded, policy))

  const clusters = Array.from(folded.clusters.values(), (ids) => ids.slice().sort())
  clusters.sort((a, b) => ((a[0] as Id) < (b[0] as Id) ? -1 : 1))
  return {
    clusters,
    canonical: clusters.map((ids) => folded.personOf(ids[0] as Id)),
    rejected: rejected.concat(folded.rejected).filter((rejection) => rejection.link === null || !dropped.has(rejection.event)),
    owners,
  }
}

/** R0 to R2: each event once, in order of time, with its identifiers. */
function readTraces(events: Iterable<IdentityEvent>, policy: ResolvePolicy): { traces: Trace[]; rejected: Rejection[] } {
  const once = new Map<string, IdentityEvent>()
  for (const event of events) once.set(event.id, event)
  const rejected: Rejection[] = []
  const traces = Array.from(once.values())
    .sort(byTime)
    .map((event) => ({ event, ids: identifiersOf(event, policy.blocked, (rejection) => rejected.push(rejection)) }))
  return { traces, rejected }
}

/** R7 and R8: what each delete and unbind means, given what was known at its time and what the earlier ones decided. */
function decide(traces: readonly Trace[], policy: ResolvePolicy): Effects {
  const dropped = new Set<string>()
  const taken = new Map<string, readonly Id[]>()
  const contested = new Set<Id>()
  const cuts: Cut[] = []
  const effects: Effects = { dropped, taken, contested, cuts }

  for (const { event, ids } of traces) {
    if (event.type !== 'unbind' && event.type !== 'delete') continue
    const past = traces.filter((trace) => trace.event.ts <= event.ts)
    if (event.type === 'unbind') {
      if (!isUnguarded(event)) cuts.push(...cutsOf(event, ids, () => fold(past, effects, policy)))
      continue
    }
    const user = ids.filter((id) => rankOf(id) === 0)[0]
    if (user === undefined) continue
    const folded = fold(past, effects, policy)
    const person = folded.clusters.get(folded.find(user)) ?? [user]
    const name = folded.personOf(user)
    const left = new Map(folded.kept.map((trace) => [trace.event, trace] as const))
    for (const { event: other, ids: carried } of past) {
      const trace = left.get(other)
      const owned = trace && isTrace(other.type) && ownerOf(trace, folded, policy) === name
      if (owned) dropped.add(other.id)
      else if (isTrace(other.type) || other.type === 'handoff' || other.type === 'merge') {
        const before = taken.get(other.id) ?? []
        const out = carried.filter((id) => person.indexOf(id) >= 0 && before.indexOf(id) < 0)
        if (out.length) taken.set(other.id, before.concat(out))
      }
    }
    folded.claims.forEach((_, id) => {
      const claimants = folded.claimants(id)
      if (claimants.length > 1 && claimants.some((root) => folded.find(root) === folded.find(user))) contested.add(id)
    })
  }
  return effects
}

/** R7: the direct links of an unbind, and for a member's phone, e-mail or visitor id those to every id of the person. */
function cutsOf(event: IdentityEvent, ids: readonly Id[], past: () => Folded): Cut[] {
  const [strongest, ...others] = ids
  if (strongest === undefined || !others.length) return []
  const cuts: Cut[] = [{ ts: event.ts, from: [strongest], to: others, handoffs: false }]
  const loose = others.filter((id) => isContact(id) || isAnonymous(id))
  if (rankOf(strongest) === 0 && loose.length) {
    const folded = past()
    cuts.push({ ts: event.ts, from: folded.clusters.get(folded.find(strongest)) ?? [strongest], to: loose, handoffs: true })
  }
  return cuts
}

/** Sets a key that may be called `__proto__`. */
const setOwn = (object: Record<string, string | null>, key: string, value: string | null): void =>
  void Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
