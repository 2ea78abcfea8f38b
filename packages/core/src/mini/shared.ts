import { createLockTable } from '../memory/lock-table'
import type { LockTable } from '../memory/lock-table'
import type { MiniHost } from './mini-host'
import type { ShardTable } from './mini-kv'
import type { LogTable } from './mini-log'
import type { Flights } from './mini-net'

/** What all ports in one logic layer share: there is one storage, and one caller of it. */
export interface Shared extends Flights {
  readonly locks: LockTable
  /** By prefix. */
  readonly logs: Map<string, LogTable>
  readonly shards: Map<string, ShardTable>
}

const shares = new WeakMap<object, Shared>()

export function sharedOf(host: MiniHost): Shared {
  let shared = shares.get(host.self)
  if (!shared) shares.set(host.self, (shared = { locks: createLockTable(), logs: new Map(), shards: new Map(), flying: 0, queue: [] }))
  return shared
}
