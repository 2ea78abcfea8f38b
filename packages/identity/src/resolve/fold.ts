import { consentRule } from './consent-rule'
import { byTime, isTrace, type IdentityEvent, type Rejection, type ResolvePolicy } from './identity-event'
import { byStrength, isAnonymous, isContact, isPlatform, namespaceOf, rankOf, type Id } from './identifiers'
import { canonicalOf, createPersons, limitOf, type Persons } from './persons'

/** An event with the identifiers R1 and R2 left in it, strongest first. */
export interface Trace {
  readonly event: IdentityEvent
  readonly ids: readonly Id[]
}

/** What deletes and unbinds decided so far (R7, R8), earliest first. */
export interface Effects {
  /** Events dropped as erased. */
  readonly dropped: ReadonlySet<string>
  /** By event: identifiers taken out as erased. */
  readonly taken: ReadonlyMap<string, readonly Id[]>
  /** Anonymous ids an erased person and another had both claimed. */
  readonly contested: ReadonlySet<Id>
  readonly cuts: readonly Cut[]
}

/** An unbind: links between the two groups made at or before `ts` do not hold. */
export interface Cut {
  readonly ts: number
  readonly from: readonly Id[]
  readonly to: readonly Id[]
  /** Hand-offs too. */
  readonly handoffs: boolean
}

/** A link an event proposes, from its strongest identifier. */
export interface Link {
  readonly event: IdentityEvent
  readonly from: Id
  readonly to: Id
  /** Cut by a split. */
  readonly split: boolean
  /** Times of the unbinds that cut it. */
  readonly unbound: readonly number[]
}

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

const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
const ends = (a: Id, b: Id): readonly Id[] => (a < b ? [a, b] : [b, a])

/** Rules R3 to R9 over traces in order of time. `traces` are all there are; dropped ones still count where a rule says so. */
export function fold(traces: readonly Trace[], effects: Effects, policy: ResolvePolicy): Folded {
  const rejected: Rejection[] = []
  const reject = (event: IdentityEvent, link: readonly Id[] | null, reason: string): void => void rejected.push({ event: event.id, link, reason })

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
  const onShared = (trace: Trace): boolean => trace.event.deviceShared === true || trace.ids.some(id => shared.has(id))
  const sharedEvents = new Set(kept.filter(onShared).map(trace => trace.event))

  foldPlatforms(links, sharedEvents, persons, reject)
  const proofs = foldContacts(links, sharedEvents, persons, reject)
  const { claims, claimants, contested } = foldAnonymous(kept, links, { shared, forGood: effects.contested }, persons, policy, reject)
  foldHandoffs(kept, effects.cuts, { shared, contested, tokens }, persons, reject)

  const clusters = new Map<Id, Id[]>()
  const carried = new Set<Id>()
  for (const { event, ids } of kept) if (isTrace(event.type) || event.type === 'handoff' || event.type === 'merge') for (const id of ids) carried.add(id)
  carried.forEach(id => push(clusters, persons.find(id), id))
  const names = new Map<Id, Id>()
  clusters.forEach((ids, root) => names.set(root, canonicalOf(ids, mergedAway)))
  const logouts = new Map<Id, IdentityEvent[]>()
  for (const { event, ids } of kept) if (event.type === 'logout') for (const id of ids) push(logouts, id, event)

  return {
    rejected, kept, clusters, proofs, claims, logouts, find: persons.find,
    personOf: id => names.get(persons.find(id)) ?? id,
    claimants: id => claimants.get(id) ?? [],
  }
}

/** R8 and R9: leaves out what was erased or never agreed to. */
function drop(traces: readonly Trace[], effects: Effects, policy: ResolvePolicy, reject: Reject): readonly Trace[] {
  const consented = policy.requireConsent ? consentRule(traces.map(trace => trace.event), policy) : () => true
  const kept: Trace[] = []
  for (const { event, ids } of traces) {
    if (effects.dropped.has(event.id)) reject(event, null, 'erased')
    else if (event.type !== 'delete' && event.type !== 'consent' && isUnguarded(event)) reject(event, null, 'minor-no-guardian')
    else {
      const erased = effects.taken.get(event.id) ?? []
      let left = ids.filter(id => erased.indexOf(id) < 0)
      if ((isTrace(event.type) || event.type === 'handoff') && !consented(event)) {
        if (event.basis !== 'contract') {
          reject(event, null, 'no-consent')
          continue
        }
        for (const id of left) if (isAnonymous(id)) reject(event, [id], 'no-consent')
        left = left.filter(id => !isAnonymous(id))
      }
      for (const id of erased) reject(event, [id], 'erased')
      kept.push({ event, ids: left })
    }
  }
  return kept
}

/** Under 14 and nobody agreed for the child. */
export const isUnguarded = (event: IdentityEvent): boolean => event.minor === true && event.guardianConsent !== true

type Reject = (event: IdentityEvent, link: readonly Id[] | null, reason: string) => void

/** R0 and R7: the links events propose, with what cut them, and the merges that hold. */
function propose(kept: readonly Trace[], cuts: readonly Cut[], reject: Reject): { links: readonly Link[]; mergers: readonly (readonly [Id, Id])[] } {
  const splits = kept.filter(trace => trace.event.type === 'split').map(trace => trace.event)
  const links: Link[] = []
  const mergers: (readonly [Id, Id])[] = []
  for (const { event, ids } of kept) {
    if (event.type === 'merge') {
      const [from, into] = [`user:${String(event.userId)}`, `user:${String(event.intoUserId)}`]
      if (ids.indexOf(from) < 0 || ids.indexOf(into) < 0) continue
      if (splits.some(split => event.ts <= split.ts && split.fromUserId != null && samePair([`user:${String(split.userId)}`, `user:${split.fromUserId}`], [from, into]))) continue
      if (event.by === 'admin') mergers.push([from, into])
      else reject(event, ends(from, into), 'needs-authority')
    } else if (isTrace(event.type)) {
      const [from, ...others] = ids
      if (from === undefined || isAnonymous(from)) continue
      for (const to of others) {
        links.push({
          event, from, to,
          split: splits.some(split => event.ts <= split.ts && split.detach !== undefined && samePair([`user:${String(split.userId)}`, split.detach], [from, to])),
          unbound: cuts.filter(cut => event.ts <= cut.ts && isCut(cut, from, to)).map(cut => cut.ts),
        })
      }
    }
  }
  return { links, mergers }
}

const samePair = (a: readonly [Id, Id], b: readonly [Id, Id]): boolean => (a[0] === b[0] && a[1] === b[1]) || (a[0] === b[1] && a[1] === b[0])
const isCut = ({ from, to }: Cut, a: Id, b: Id): boolean =>
  (from.indexOf(a) >= 0 && to.indexOf(b) >= 0) || (from.indexOf(b) >= 0 && to.indexOf(a) >= 0)
const holds = (link: Link): boolean => !link.split && !link.unbound.length

/** R3: members and platform accounts, in the order the hub received them. */
function foldPlatforms(links: readonly Link[], sharedEvents: ReadonlySet<IdentityEvent>, persons: Persons, reject: Reject): void {
  const order = links.filter(link => rankOf(link.to) < 4 && holds(link))
    .map((link, i) => ({ link, i, at: link.event.hubTs ?? link.event.ts }))
    .sort((a, b) => a.at - b.at || byTime({ ...a.link.event, ts: 0 }, { ...b.link.event, ts: 0 }) || a.i - b.i)
  for (const { link: { event, from, to } } of order) {
    if (sharedEvents.has(event) && (isPlatform(from) || isPlatform(to))) {
      reject(event, ends(from, to), 'shared-device')
      continue
    }
    const over = persons.over(from, to)
    if (over.length) reject(event, ends(from, to), `limit:${over[0] as string}`)
    else persons.join(from, to)
  }
}

/** R4: phones and e-mails, newest proof first. */
function foldContacts(links: readonly Link[], sharedEvents: ReadonlySet<IdentityEvent>, persons: Persons, reject: Reject): Map<Id, Link[]> {
  const proofs = new Map<Id, Link[]>()
  const good: Link[] = []
  for (const link of links) {
    const { event, from, to } = link
    if (!isContact(to)) continue
    const barred = sharedEvents.has(event) && isPlatform(from)
    if (!barred && isProved(event) && !link.split) push(proofs, to, link)
    if (!holds(link)) continue
    if (barred) reject(event, ends(from, to), 'shared-device')
    else if (!isProved(event)) reject(event, ends(from, to), 'unverified')
    else good.push(link)
  }
  const newest = good.map((link, i) => ({ link, i })).sort((a, b) => byTime(b.link.event, a.link.event) || a.i - b.i)
  for (const { link: { event, from, to } } of newest) {
    const over = persons.over(from, to)
    const name = namespaceOf(to)
    if (over.length) reject(event, ends(from, to), over.length === 1 && over[0] === name ? `limit:${name}` : `moved:${name}`)
    else persons.join(from, to)
  }
  return proofs
}

const isProved = (event: IdentityEvent): boolean => event.verified ?? event.type === 'bind'

/** R5: anonymous ids go to their one claimant. */
function foldAnonymous(
  kept: readonly Trace[], links: readonly Link[], { shared, forGood }: { readonly shared: ReadonlySet<Id>; readonly forGood: ReadonlySet<Id> },
  persons: Persons, policy: ResolvePolicy, reject: Reject,
): { claims: Map<Id, Link[]>; claimants: Map<Id, readonly Id[]>; contested: Set<Id> } {
  const claims = new Map<Id, Link[]>()
  for (const link of links) if (isAnonymous(link.to) && holds(link) && (!isContact(link.from) || isProved(link.event))) push(claims, link.to, link)

  const withdrawals = kept.filter(({ event }) => event.type === 'consent' && event.granted === false)
  const isWithdrawn = ({ event, from, to }: Link): boolean => withdrawals.some(({ event: consent, ids }) => {
    const user = ids.filter(id => rankOf(id) === 0)[0]
    return event.ts <= consent.ts && (user !== undefined ? persons.find(user) === persons.find(from) : ids.indexOf(to) >= 0)
  })

  const claimants = new Map<Id, readonly Id[]>()
  const contested = new Set<Id>()
  const joins: { id: Id; person: Id; good: readonly Link[] }[] = []
  claims.forEach((own, id) => {
    const roots = own.map(link => persons.find(link.from)).filter((root, i, all) => all.indexOf(root) === i)
    claimants.set(id, roots)
    const good: Link[] = []
    for (const link of own) {
      if (isWithdrawn(link)) reject(link.event, ends(link.from, id), 'withdrawn')
      else good.push(link)
    }
    const disputed = roots.length > 1 || forGood.has(id)
    if (disputed) contested.add(id)
    const reason = shared.has(id) ? 'shared-device' : disputed ? 'contested-anon' : undefined
    if (reason) for (const link of good) reject(link.event, ends(link.from, id), reason)
    else if (good.length) joins.push({ id, person: roots[0] as Id, good })
  })
  forGood.forEach(id => contested.add(id))

  // over the limit the ids with the latest claims stay
  const latest = ({ good }: { good: readonly Link[] }): IdentityEvent => (good[good.length - 1] as Link).event
  const taken = new Map<string, number>()
  for (const join of joins.sort((a, b) => byTime(latest(b), latest(a)) || byStrength(a.id, b.id))) {
    const name = namespaceOf(join.id)
    const key = `${name} ${join.person}`
    const count = taken.get(key) ?? 0
    if (count < limitOf(name, policy.limits) * persons.members(join.person)) taken.set(key, count + 1)
    else {
      for (const link of join.good) reject(link.event, ends(link.from, join.id), `limit:${name}`)
      join.good = []
    }
  }
  for (const { id, good } of joins) if (good.length) persons.join((good[0] as Link).from, id)
  return { claims, claimants, contested }
}

/** R6: hand-offs between two anonymous ids, earliest first. */
function foldHandoffs(
  kept: readonly Trace[], cuts: readonly Cut[],
  { shared, contested, tokens }: { readonly shared: ReadonlySet<Id>; readonly contested: ReadonlySet<Id>; readonly tokens: ReadonlyMap<string, IdentityEvent> },
  persons: Persons, reject: Reject,
): void {
  for (const { event, ids } of kept) {
    if (event.type !== 'handoff') continue
    const [from, to] = [`anon:${String(event.fromAnonId)}`, `anon:${String(event.anonId)}`]
    if (ids.indexOf(from) < 0 || ids.indexOf(to) < 0) continue
    if (cuts.some(cut => cut.handoffs && event.ts <= cut.ts && isCut(cut, from, to))) continue
    const first = event.token ? tokens.get(event.token) : undefined
    const either = (set: ReadonlySet<Id>): boolean => set.has(from) || set.has(to)
    const reason = !first || first.anonId !== event.anonId || first.fromAnonId !== event.fromAnonId ? 'token-replayed'
      : either(shared) ? 'shared-device'
        : either(contested) ? 'contested-anon'
          : persons.find(from) !== persons.find(to) && persons.known(from) && persons.known(to) ? 'handoff-conflict' : undefined
    if (reason) reject(event, ends(from, to), reason)
    else persons.join(from, to)
  }
}
