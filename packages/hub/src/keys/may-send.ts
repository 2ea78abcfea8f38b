import { type FactKind, factKinds, type IssueCode, type Lane, type Place } from '@omokit/core'
import { isPlainText } from '../facts/plain-text'
import type { HubKey } from './hub-key'

/** Who sends and in which lane. */
export interface SendingContext {
  readonly key: HubKey
  readonly lane: Lane
  /** A valid member token came with the request. */
  readonly memberToken: boolean
}

/** Why this kind of fact may not be taken from this key in this lane; undefined when it may. */
export function mayNotSend(kind: string, place: Place | undefined, from: SendingContext): IssueCode | undefined {
  const known = kindOf(kind)
  if (!known) return 'unknown-kind'
  // a stream states its own losses in its own lane
  if (known.lane !== from.lane && kind !== 'Facts Lost') return 'wrong-lane'
  const { key } = from
  if (!known.scopes.includes(key.kind)) return 'forbidden'
  if (key.kind === 'staff' && !key.roles.includes('facts') && !key.roles.includes('admin')) return 'forbidden'
  if (key.kind === 'publishable' && kind === 'Identity Linked' && !from.memberToken) return 'forbidden'
  if (key.storeId !== undefined && place?.storeId !== undefined && place.storeId !== key.storeId) return 'forbidden'
  return undefined
}

const own: FactKind = { lane: 'observe', scopes: ['publishable', 'terminal', 'secret', 'staff'] }

function kindOf(kind: string): FactKind | undefined {
  if (Object.prototype.hasOwnProperty.call(factKinds, kind)) return factKinds[kind]
  return kind.startsWith('x:') && isPlainText(kind.slice(2), 64) ? own : undefined
}
