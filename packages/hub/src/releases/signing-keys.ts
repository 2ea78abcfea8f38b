import type { SigningKey } from '@omokit/core/documents'
import { bucketOf } from '../store/bucket'
import type { Store, Trx } from '../store/store'

/** From now on this key may sign releases of the brand, or may no longer when its state is `revoked`. */
export async function trustSigningKey(store: Store, brand: string, key: SigningKey): Promise<void> {
  const row = { brand, bucket: bucketOf(key.kid), kid: key.kid, key: key.key, state: key.state }
  await store.tx(brand, (trx) =>
    trx
      .insertInto('signing_keys')
      .values(row)
      .onConflict((on) => on.columns(['brand', 'bucket', 'kid']).doUpdateSet({ key: row.key, state: row.state }))
      .execute(),
  )
}

/** The keys of a brand, by name. */
export async function signingKeys(trx: Trx, brand: string): Promise<readonly SigningKey[]> {
  const rows = await trx.selectFrom('signing_keys').select(['kid', 'key', 'state']).where('brand', '=', brand).orderBy('kid').execute()
  return rows.map(({ kid, key, state }) => ({ kid, key, state: state === 'active' ? 'active' : 'revoked' }))
}
