import { byTime, isTrace, type IdentityEvent, type ResolvePolicy } from './identity-event'
import { isBlocked } from './is-blocked'

/**
 * R9: whether the latest consent that reaches an event grants it. By its visitor id a grant ends at the first logout on
 * that id and at the first event of another member there: the next person agreed to nothing.
 *
 * @param events all events, dropped or not, in order of time
 */
export function consentRule(events: readonly IdentityEvent[], policy: ResolvePolicy): (event: IdentityEvent) => boolean {
  const sent = (value: string | null | undefined): string | undefined =>
    value === undefined || isBlocked(value, policy.blocked) ? undefined : (value as string)
  const consents = events.filter((event) => event.type === 'consent')
  const onDevice = new Map<string, IdentityEvent[]>()
  for (const event of events) {
    const anonId = sent(event.anonId)
    if (anonId === undefined) continue
    const known = onDevice.get(anonId)
    if (known) known.push(event)
    else onDevice.set(anonId, [event])
  }
  const ends = new Map<IdentityEvent, IdentityEvent | undefined>()

  function endOf(grant: IdentityEvent): IdentityEvent | undefined {
    if (ends.has(grant)) return ends.get(grant)
    let member = sent(grant.userId)
    const end = (onDevice.get(grant.anonId as string) as IdentityEvent[]).filter((event) => {
      if (event.type === 'logout') return byTime(event, grant) > 0
      const user = isTrace(event.type) && event.ts >= grant.ts ? sent(event.userId) : undefined
      member ??= user
      return user !== undefined && user !== member
    })[0]
    ends.set(grant, end)
    return end
  }

  function reaches(consent: IdentityEvent, event: IdentityEvent): boolean {
    const user = sent(consent.userId)
    if (user !== undefined && user === event.userId) return true
    const anonId = sent(consent.anonId)
    if (anonId === undefined || anonId !== event.anonId) return false
    const end = consent.granted === true ? endOf(consent) : undefined
    return !end || byTime(event, end) < 0
  }

  return (event) => {
    let granted = false
    for (const consent of consents) if (consent.ts <= event.ts && reaches(consent, event)) granted = consent.granted === true
    return granted
  }
}
