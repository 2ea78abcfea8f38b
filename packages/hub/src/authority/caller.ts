import type { HubKey } from '../keys/hub-key'

/** Who gives a command: the key, and the member whose token came with it. */
export interface Caller {
  readonly key: HubKey
  readonly member: string | undefined
}
