import { type KeyKind, type Refusal, refuse } from '@omokit/core'
import type { Operation } from '@omokit/core/commands'
import type { Caller } from './caller'
import type { CommandInputs } from './command-schemas'

const reach: Readonly<Record<KeyKind, readonly Operation[]>> = {
  publishable: ['claim', 'hold', 'release'],
  terminal: ['hold', 'confirm', 'reverse', 'release', 'lease', 'lease-return'],
  secret: ['claim', 'hold', 'confirm', 'reverse', 'release', 'lease', 'lease-return'],
  staff: ['claim', 'hold', 'confirm', 'reverse', 'release', 'lease', 'lease-return'],
}

/**
 * Why this caller may not give this command; undefined when it may. A publishable key acts only with a member token and only
 * for that member; a terminal key only in its own store; staff only as `admin`.
 */
export function mayNotCommand(caller: Caller, operation: Operation, payload: CommandInputs[Operation]): Refusal | undefined {
  const { key, member } = caller
  if (!reach[key.kind].includes(operation)) return refuse('forbidden', { have: key.kind, need: operation })
  if (key.kind === 'staff' && !key.roles.includes('admin')) return refuse('forbidden', { have: key.roles.join(', ') || 'no role', need: 'admin' })
  if (key.storeId !== undefined && 'place' in payload && payload.place?.storeId !== undefined && payload.place.storeId !== key.storeId)
    return refuse('forbidden', { path: 'place.storeId', need: key.storeId })
  if (key.kind !== 'publishable') return undefined
  if (member === undefined) return refuse('unauthorised', { path: 'omokit-member' })
  if ('member' in payload && payload.member !== undefined && payload.member !== member) return refuse('forbidden', { path: 'member' })
  if ('visitor' in payload && payload.visitor !== undefined) return refuse('forbidden', { path: 'visitor' })
  if ('settle' in payload && payload.settle) return refuse('forbidden', { path: 'settle' })
  if ('rights' in payload && payload.rights.some((right) => right.kind === 'lots' && right.id !== member)) return refuse('forbidden', { path: 'rights' })
  return undefined
}
