import { createHash } from 'node:crypto'
import { accept, type KeyKind, refuse, type Result } from '@omokit/core'
import type { HubEffects } from '../effects'
import { bucketOf } from '../store/bucket'
import type { Store } from '../store/store'
import { isBrand, type KeyMode, spellKey, type StaffRole } from './hub-key'

/** What the new key is for. */
export interface CreateKeyOptions {
  readonly brand: string
  readonly kind: KeyKind
  readonly mode: KeyMode
  /** Staff only. */
  readonly roles?: readonly StaffRole[]
  /** Terminal only: the one store it speaks for. */
  readonly storeId?: string
  /** For people: "till 2, Nanjing Road". */
  readonly label?: string
  /** Purposes the sender of payloads for `/v1/receive` has consent for where a payload says nothing; default none. */
  readonly consent?: readonly string[]
}

/**
 * Makes a key and stores its SHA-256; the text is answered once and cannot be had again.
 * Issues: `live-key-refused` for a live secret or staff key on PGlite, `invalid` for a brand that cannot be one.
 */
export async function createKey(
  store: Store,
  effects: HubEffects,
  options: CreateKeyOptions,
): Promise<Result<{ readonly key: string; readonly hash: string }>> {
  const { brand, kind, mode, roles = [], storeId = '', label = '', consent = [] } = options
  if (!isBrand(brand)) return refuse('invalid', { path: 'brand', have: brand })
  if (mustRefuseLive(store, kind, mode)) return refuse('live-key-refused', { have: `${kind} live`, need: 'postgres' })
  const key = spellKey(kind, mode, brand, randomText(effects, 24))
  const hash = hashKey(key)
  await store.tx(brand, (trx) =>
    trx
      .insertInto('keys')
      .values({
        brand,
        bucket: bucketOf(hash),
        hash,
        kind,
        mode,
        roles: JSON.stringify(roles),
        store_id: storeId,
        label,
        consent: JSON.stringify(consent),
        created_at: effects.now(),
      })
      .execute(),
  )
  return accept({ key, hash })
}

/** From now on the key with this hash is answered `unauthorised`. True when there was such a key. */
export async function revokeKey(store: Store, brand: string, hash: string): Promise<boolean> {
  const done = await store.tx(brand, (trx) =>
    trx
      .updateTable('keys')
      .set({ state: 'revoked' })
      .where('brand', '=', brand)
      .where('bucket', '=', bucketOf(hash))
      .where('hash', '=', hash)
      .executeTakeFirst(),
  )
  return done.numUpdatedRows > 0n
}

/** SHA-256 of a key's text, hex. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** PGlite is for demos, tests and one small shop without real secrets. */
export const mustRefuseLive = (store: Store, kind: KeyKind, mode: KeyMode): boolean =>
  store.kind === 'pglite' && mode === 'live' && (kind === 'secret' || kind === 'staff')

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** `length` characters of A–Z, a–z, 0–9, each with equal chance. */
export function randomText(effects: HubEffects, length: number): string {
  let text = ''
  while (text.length < length) {
    // 248 = 4 × 62: bytes above would favour the first letters
    for (const byte of effects.random(length)) if (byte < 248 && text.length < length) text += letters.charAt(byte % 62)
  }
  return text
}
