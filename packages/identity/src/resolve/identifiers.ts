import type { IdentityEvent, Rejection } from './identity-event'
import { isBlocked } from './is-blocked'

/** `namespace:value`. */
export type Id = string

/** Namespaces from the strongest to the weakest. */
export const namespaces: readonly string[] = ['user', 'unionid', 'alipay', 'openid', 'phone', 'email', 'anon', 'ga']

export const namespaceOf = (id: Id): string => id.slice(0, id.indexOf(':'))
export const rankOf = (id: Id): number => namespaces.indexOf(namespaceOf(id))

/** Strongest first; in one namespace the smaller string. */
export const byStrength = (a: Id, b: Id): number => rankOf(a) - rankOf(b) || (a < b ? -1 : a > b ? 1 : 0)

export const isAnonymous = (id: Id): boolean => rankOf(id) >= 6
export const isContact = (id: Id): boolean => rankOf(id) === 4 || rankOf(id) === 5
export const isPlatform = (id: Id): boolean => rankOf(id) >= 1 && rankOf(id) <= 3

const fields: readonly (readonly [keyof IdentityEvent, string])[] = [
  ['userId', 'user'],
  ['unionid', 'unionid'],
  ['alipayUserId', 'alipay'],
  ['openid', 'openid'],
  ['phoneHash', 'phone'],
  ['emailHash', 'email'],
  ['anonId', 'anon'],
  ['fromAnonId', 'anon'],
  ['intoUserId', 'user'],
]

/** The identifiers of an event, strongest first, without placeholders (R1) and foreign namespaces (R2). */
export function identifiersOf(event: IdentityEvent, blocked: readonly string[] | undefined, reject: (rejection: Rejection) => void): Id[] {
  const found: Id[] = []
  const take = (namespace: string, value: unknown, spelt: string): void => {
    const reason = isBlocked(value, blocked)
      ? 'blocked-value'
      : namespace === 'staff' || namespace === 'device'
        ? 'non-identity-namespace'
        : namespaces.indexOf(namespace) < 0
          ? 'unknown-namespace'
          : undefined
    if (reason) reject({ event: event.id, link: [spelt], reason })
    else if (found.indexOf(spelt) < 0) found.push(spelt)
  }
  for (const [field, namespace] of fields) {
    const value = event[field]
    if (value !== undefined) take(namespace, value, `${namespace}:${String(value)}`)
  }
  for (const id of event.other ?? []) take(namespaceOf(id), id.slice(id.indexOf(':') + 1), id)
  return found.sort(byStrength)
}
