import { fromBase64url } from '../base64url'
import type { SigningKey } from './types'

/** The active key of that name. */
export function activeKey(keys: readonly SigningKey[], kid: string): Uint8Array | undefined {
  const found = keys.filter((key) => key.kid === kid && key.state === 'active')[0]
  return found && found.key.length === 43 ? fromBase64url(found.key) : undefined
}
