import type { Fact, FactBody, IssueCode } from '@omokit/core'
import type { IdentityEvent, IdentityEventType } from '@omokit/identity/resolve'
import type { FactSender, TakenFact } from '../facts/consumer'
import { isPlainText } from '../facts/plain-text'

/** Facts that say who is who. */
export const identityKinds: readonly string[] = ['Identity Linked', 'Visitor Left', 'Consent Recorded']

const textFields = [
  'userId',
  'unionid',
  'alipayUserId',
  'openid',
  'phoneHash',
  'emailHash',
  'anonId',
  'fromAnonId',
  'token',
  'intoUserId',
  'by',
  'fromUserId',
  'detach',
  'basis',
  'purpose',
] as const
const flagFields = ['verified', 'deviceShared', 'minor', 'guardianConsent', 'granted'] as const
/** What a browser or mini-program may say. Anything else needs a proof only the brand's server has seen. */
const openFields: readonly string[] = ['userId', 'anonId', 'deviceShared', 'minor', 'guardianConsent', 'granted']

const serverTypes: readonly IdentityEventType[] = ['track', 'scan', 'identify', 'bind', 'unbind', 'merge', 'split', 'handoff', 'delete']
const terminalTypes: readonly IdentityEventType[] = ['scan', 'identify', 'bind']

/** Why an identity fact is not taken from this sender. */
export function identityFault(fact: Fact, { key, members }: FactSender): IssueCode | undefined {
  const { body } = fact
  const sound =
    textFields.every((name) => body[name] === undefined || body[name] === null || isPlainText(body[name], 256)) &&
    flagFields.every((name) => body[name] === undefined || typeof body[name] === 'boolean') &&
    (body['purposes'] === undefined || isTexts(body['purposes'])) &&
    (body['other'] === undefined || isTexts(body['other']))
  if (!sound) return 'invalid'
  if (fact.kind !== 'Identity Linked') return undefined
  const type = linkType(body)
  const allowed: readonly string[] = key.kind === 'publishable' ? ['identify'] : key.kind === 'terminal' ? terminalTypes : serverTypes
  if (!serverTypes.includes(type as IdentityEventType)) return 'invalid'
  if (!allowed.includes(type)) return 'forbidden'
  // a shopper's client links itself to the member it has a token of, and to nobody else
  return key.kind === 'publishable' && !members.has(String(body['userId'])) ? 'forbidden' : undefined
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.length <= 32 && value.every((one) => isPlainText(one, 256))
const linkType = (body: FactBody): string => (typeof body['type'] === 'string' ? body['type'] : 'identify')

/**
 * The event the person fold reads, stamped with the hub's time; undefined for what the fold has no use for. What a device
 * claims beyond its authority (a stamp, a proof, an admin's word) is left out.
 */
export function identityEvent({ fact, stream, seq, receivedAt, correctedAt, from }: TakenFact): IdentityEvent | undefined {
  const { body } = fact
  const type: IdentityEventType = fact.kind === 'Visitor Left' ? 'logout' : fact.kind === 'Consent Recorded' ? 'consent' : (linkType(body) as IdentityEventType)
  // only the purpose of joining concerns persons
  if (type === 'consent' && Array.isArray(body['purposes']) && !body['purposes'].includes('identity')) return undefined
  const open = from.key.kind === 'publishable'
  const event: Record<string, unknown> = { id: `${stream}.${seq}`, ts: correctedAt ?? receivedAt, hubTs: receivedAt, type }
  for (const name of [...textFields, ...flagFields]) {
    if (body[name] === undefined || (open && !openFields.includes(name))) continue
    if (name === 'by' && from.key.kind === 'terminal') continue
    event[name] = body[name]
  }
  if (!open && body['other'] !== undefined) event['other'] = body['other']
  // nobody withdraws or grants in the name of a member without that member's token
  if (open && event['userId'] !== undefined && !from.members.has(String(event['userId']))) delete event['userId']
  return event as unknown as IdentityEvent
}
