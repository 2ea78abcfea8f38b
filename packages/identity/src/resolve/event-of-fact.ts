import { factKinds, type Fact } from '@omokit/core'
import type { IdentityEvent, IdentityEventType } from './identity-event'

const links: readonly string[] = ['identify', 'bind', 'unbind', 'merge', 'split', 'handoff', 'scan', 'delete']
const texts = ['userId', 'unionid', 'alipayUserId', 'openid', 'phoneHash', 'emailHash', 'anonId', 'fromAnonId', 'token', 'intoUserId', 'fromUserId', 'detach'] as const
const flags = ['verified', 'deviceShared', 'minor', 'guardianConsent', 'granted'] as const

/**
 * What a stored fact says about identifiers, for {@link resolve}; undefined when nothing. Only known fields are taken.
 * Who may say it (a link needs a member token, a merge staff, an erasure the brand) is checked before, by the hub.
 *
 * @param stamp the event's id (`stream.seq`), when the hub first received it, and whether staff made it (R7)
 */
export function eventOfFact(fact: Pick<Fact, 'kind' | 'at' | 'offset' | 'body'>, stamp: { readonly id: string; readonly hubTs: number; readonly admin?: boolean }): IdentityEvent | undefined {
  const { kind, body } = fact
  const said = body['type']
  const type: IdentityEventType | undefined =
    kind === 'Identity Linked' ? (links.indexOf(String(said)) >= 0 ? (said as IdentityEventType) : undefined)
      : kind === 'Visitor Left' ? 'logout'
        : kind === 'Consent Recorded' ? (aboutJoining(body['purposes']) ? 'consent' : undefined) : 'track'
  if (!type) return undefined
  const event: Record<string, unknown> = { id: stamp.id, ts: fact.at + (fact.offset ?? 0), hubTs: stamp.hubTs, type }
  for (const field of texts) if (typeof body[field] === 'string') event[field] = body[field]
  for (const field of flags) if (typeof body[field] === 'boolean') event[field] = body[field]
  if (type === 'track') {
    if (event['userId'] === undefined && typeof body['member'] === 'string') event['userId'] = body['member']
    if (factKinds[kind]?.lane === 'trade') event['basis'] = 'contract'
    if (!texts.some(field => event[field] !== undefined)) return undefined
  }
  if (type === 'merge' && stamp.admin) event['by'] = 'admin'
  return event as unknown as IdentityEvent
}

const aboutJoining = (purposes: unknown): boolean => Array.isArray(purposes) && purposes.some(purpose => purpose === 'identity' || purpose === 'analytics')
