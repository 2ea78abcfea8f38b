import { byTime, type IdentityEvent, type ResolvePolicy } from './identity-event'
import { byStrength, isAnonymous, isContact, namespaceOf, rankOf, type Id } from './identifiers'
import { isProved } from './fold-accounts'
import { limitOf, type Persons } from './persons'
import { ends, holds, isCut, push, type Cut, type Link, type Reject, type Trace } from './trace'

/** R5: anonymous ids go to their one claimant. */
export function foldAnonymous(
  kept: readonly Trace[],
  links: readonly Link[],
  { shared, forGood }: { readonly shared: ReadonlySet<Id>; readonly forGood: ReadonlySet<Id> },
  persons: Persons,
  policy: ResolvePolicy,
  reject: Reject,
): { claims: Map<Id, Link[]>; claimants: Map<Id, readonly Id[]>; contested: Set<Id> } {
  const claims = new Map<Id, Link[]>()
  for (const link of links) if (isAnonymous(link.to) && holds(link) && (!isContact(link.from) || isProved(link.event))) push(claims, link.to, link)

  const withdrawals = kept.filter(({ event }) => event.type === 'consent' && event.granted === false)
  const isWithdrawn = ({ event, from, to }: Link): boolean =>
    withdrawals.some(({ event: consent, ids }) => {
      const user = ids.filter((id) => rankOf(id) === 0)[0]
      return event.ts <= consent.ts && (user !== undefined ? persons.find(user) === persons.find(from) : ids.indexOf(to) >= 0)
    })

  const claimants = new Map<Id, readonly Id[]>()
  const contested = new Set<Id>()
  const joins: { id: Id; person: Id; good: readonly Link[] }[] = []
  claims.forEach((own, id) => {
    const roots = own.map((link) => persons.find(link.from)).filter((root, i, all) => all.indexOf(root) === i)
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
  forGood.forEach((id) => contested.add(id))

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
export function foldHandoffs(
  kept: readonly Trace[],
  cuts: readonly Cut[],
  { shared, contested, tokens }: { readonly shared: ReadonlySet<Id>; readonly contested: ReadonlySet<Id>; readonly tokens: ReadonlyMap<string, IdentityEvent> },
  persons: Persons,
  reject: Reject,
): void {
  for (const { event, ids } of kept) {
    if (event.type !== 'handoff') continue
    const [from, to] = [`anon:${String(event.fromAnonId)}`, `anon:${String(event.anonId)}`]
    if (ids.indexOf(from) < 0 || ids.indexOf(to) < 0) continue
    if (cuts.some((cut) => cut.handoffs && event.ts <= cut.ts && isCut(cut, from, to))) continue
    const first = event.token ? tokens.get(event.token) : undefined
    const either = (set: ReadonlySet<Id>): boolean => set.has(from) || set.has(to)
    const reason =
      !first || first.anonId !== event.anonId || first.fromAnonId !== event.fromAnonId
        ? 'token-replayed'
        : either(shared)
          ? 'shared-device'
          : either(contested)
            ? 'contested-anon'
            : persons.find(from) !== persons.find(to) && persons.known(from) && persons.known(to)
              ? 'handoff-conflict'
              : undefined
    if (reason) reject(event, ends(from, to), reason)
    else persons.join(from, to)
  }
}
