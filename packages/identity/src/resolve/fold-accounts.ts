import { byTime, type IdentityEvent } from './identity-event'
import { isContact, isPlatform, namespaceOf, rankOf, type Id } from './identifiers'
import type { Persons } from './persons'
import { ends, holds, push, type Link, type Reject } from './trace'

/** R3: members and platform accounts, in the order the hub received them. */
export function foldPlatforms(links: readonly Link[], sharedEvents: ReadonlySet<IdentityEvent>, persons: Persons, reject: Reject): void {
  const order = links
    .filter((link) => rankOf(link.to) < 4 && holds(link))
    .map((link, i) => ({ link, i, at: link.event.hubTs ?? link.event.ts }))
    .sort((a, b) => a.at - b.at || byTime({ ...a.link.event, ts: 0 }, { ...b.link.event, ts: 0 }) || a.i - b.i)
  for (const {
    link: { event, from, to },
  } of order) {
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
export function foldContacts(links: readonly Link[], sharedEvents: ReadonlySet<IdentityEvent>, persons: Persons, reject: Reject): Map<Id, Link[]> {
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
  for (const {
    link: { event, from, to },
  } of newest) {
    const over = persons.over(from, to)
    const name = namespaceOf(to)
    if (over.length) reject(event, ends(from, to), over.length === 1 && over[0] === name ? `limit:${name}` : `moved:${name}`)
    else persons.join(from, to)
  }
  return proofs
}

/** Whether phone and e-mail were proved in the event (R4). */
export const isProved = (event: IdentityEvent): boolean => event.verified ?? event.type === 'bind'
