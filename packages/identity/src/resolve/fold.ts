import { drop } from './drop'
import { foldContacts, foldPlatforms } from './fold-accounts'
import { foldAnonymous, foldHandoffs } from './fold-anonymous'
import { isTrace, type IdentityEvent, type Rejection, type ResolvePolicy } from './identity-event'
import { isAnonymous, type Id } from './identifiers'
import { canonicalOf, createPersons } from './persons'
import { propose } from './propose'
import { push, type Effects, type Link, type Reject, type Trace } from './trace'

/** The fold of a set of events, before owners. */
export interface Folded {
  readonly rejected: readonly Rejection[]
  /** Kept events with the identifiers left in them. */
  readonly kept: readonly Trace[]
  /** Whether an identifier is carried by a kept event. */
  readonly clusters: ReadonlyMap<Id, readonly Id[]>
  /** The canonical id of the person an identifier belongs to. */
  personOf(id: Id): Id
  /** Proofs by the phone or e-mail they prove, earliest first; those an unbind cut are still among them. */
  readonly proofs: ReadonlyMap<Id, readonly Link[]>
  /** Claims by the anonymous id, earliest first, without the cut ones. */
  readonly claims: ReadonlyMap<Id, readonly Link[]>
  readonly logouts: ReadonlyMap<Id, readonly IdentityEvent[]>
  /** Persons, as they stood before anonymous ids, that ever claimed an anonymous id. */
  claimants(id: Id): readonly Id[]
  /** Where a person of `claimants` is now. */
  find(id: Id): Id
}

/** Rules R3 to R9 over traces in order of time. `traces` are all there are; dropped ones still count where a rule says so. */
export function fold(traces: readonly Trace[], effects: Effects, policy: ResolvePolicy): Folded {
  const rejected: Rejection[] = []
  const reject: Reject = (event, link, reason) => void rejected.push({ event: event.id, link, reason })

  // what counts whether an event is dropped or not
  const shared = new Set<Id>()
  const tokens = new Map<string, IdentityEvent>()
  for (const { event, ids } of traces) {
    if (event.deviceShared === true) for (const id of ids) if (isAnonymous(id)) shared.add(id)
    if (event.type === 'handoff' && event.token && !tokens.has(event.token)) tokens.set(event.token, event)
  }

  const kept = drop(traces, effects, policy, reject)
  const { links, mergers } = propose(kept, effects.cuts, reject)
  const persons = createPersons(policy.limits)
  const mergedAway = new Set<Id>()
  for (const [from, into] of mergers) {
    persons.merge(from, into)
    mergedAway.add(from)
  }
  const onShared = (trace: Trace): boolean => trace.event.deviceShared === true || trace.ids.some((id) => shared.has(id))
  const sharedEvents = new Set(kept.filter(onShared).map((trace) => trace.event))

  foldPlatforms(links, sharedEvents, persons, reject)
  const proofs = foldContacts(links, sharedEvents, persons, reject)
  const { claims, claimants, contested } = foldAnonymous(kept, links, { shared, forGood: effects.contested }, persons, policy, reject)
  foldHandoffs(kept, effects.cuts, { shared, contested, tokens }, persons, reject)

  const clusters = new Map<Id, Id[]>()
  const carried = new Set<Id>()
  for (const { event, ids } of kept) if (isTrace(event.type) || event.type === 'handoff' || event.type === 'merge') for (const id of ids) carried.add(id)
  carried.forEach((id) => push(clusters, persons.find(id), id))
  const names = new Map<Id, Id>()
  clusters.forEach((ids, root) => names.set(root, canonicalOf(ids, mergedAway)))
  const logouts = new Map<Id, IdentityEvent[]>()
  for (const { event, ids } of kept) if (event.type === 'logout') for (const id of ids) push(logouts, id, event)

  return {
    rejected,
    kept,
    clusters,
    proofs,
    claims,
    logouts,
    find: persons.find,
    personOf: (id) => names.get(persons.find(id)) ?? id,
    claimants: (id) => claimants.get(id) ?? [],
  }
}
