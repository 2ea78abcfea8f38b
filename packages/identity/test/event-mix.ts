import type { IdentityEvent } from '@omokit/identity/resolve'

/** Types of events as random streams draw them: those that link stand twice. */
export const eventMix: readonly IdentityEvent['type'][] = [
  'track',
  'scan',
  'identify',
  'identify',
  'bind',
  'bind',
  'unbind',
  'merge',
  'split',
  'handoff',
  'logout',
  'consent',
  'delete',
]
