import { accept, type KeyKind, refuse, type Result } from '@omokit/core'
import { bucketOf } from '../store/bucket'
import type { Store } from '../store/store'
import { hashKey, mustRefuseLive } from './create-key'
import { type HubKey, type KeyMode, readKey, type StaffRole } from './hub-key'

/** Finds out who speaks. Issues: `unauthorised` (uniform: no key, bad form, unknown, revoked), `live-key-refused`. */
export type FindKey = (text: string | undefined) => Promise<Result<HubKey>>

/**
 * Looks keys up by their hash, with a short memory so that a busy key costs one query in `memoryMs`; a revoked key may
 * live that long, default 1,000.
 */
export function createFindKey(store: Store, now: () => number, memoryMs: number = 1000): FindKey {
  const memory = new Map<string, { readonly until: number; readonly key: HubKey }>()
  return async (text) => {
    const claimed = text === undefined ? undefined : readKey(text)
    if (text === undefined || !claimed) return refuse('unauthorised')
    if (mustRefuseLive(store, claimed.kind, claimed.mode)) return refuse('live-key-refused', { have: `${claimed.kind} live`, need: 'postgres' })
    const hash = hashKey(text)
    const known = memory.get(hash)
    if (known && known.until > now()) return accept(known.key)
    memory.delete(hash)
    const row = await store.tx(claimed.brand, (trx) =>
      trx
        .selectFrom('keys')
        .select(['kind', 'mode', 'roles', 'store_id', 'state', 'consent'])
        .where('brand', '=', claimed.brand)
        .where('bucket', '=', bucketOf(hash))
        .where('hash', '=', hash)
        .executeTakeFirst(),
    )
    if (!row || row.state !== 'active') return refuse('unauthorised')
    const key: HubKey = {
      kind: row.kind as KeyKind,
      mode: row.mode as KeyMode,
      brand: claimed.brand,
      hash,
      roles: JSON.parse(row.roles) as StaffRole[],
      consent: JSON.parse(row.consent) as string[],
      ...(row.store_id ? { storeId: row.store_id } : {}),
    }
    if (memory.size > 10_000) memory.clear()
    memory.set(hash, { until: now() + memoryMs, key })
    return accept(key)
  }
}
