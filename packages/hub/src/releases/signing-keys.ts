import type { SigningKey } from '@omokit/core/documents'
import { bucketOf } from '../store/bucket'
import type { Store, Trx } from '../store/store'

/** From now on this key may sign releases of the brand, or may no longer when its state is `revoked`. */
export async function trustSigningKey(store: Store, brand: string, key: SigningKey): Promise<void> {
  await store.tx(brand, (trx) => trustIn(trx, brand, key))
}

/** {@link trustSigningKey} inside a transaction. */
export async function trustIn(trx: Trx, brand: string, { kid, key, state }: SigningKey): Promise<void> {
  await trx
    .insertInto('signing_keys')
    .values({ brand, bucket: bucketOf(kid), kid, key, state })
    .onConflict((on) => on.columns(['brand', 'bucket', 'kid']).doUpdateSet({ key, state }))
    .execute()
}

/** The keys of a brand, by name. */
export async function signingKeys(trx: Trx, brand: string): Promise<readonly SigningKey[]> {
  const rows = await trx.selectFrom('signing_keys').select(['kid', 'key', 'state']).where('brand', '=', brand).orderBy('kid').execute()
  return rows.map(({ kid, key, state }) => ({ kid, key, state: state === 'active' ? 'active' : 'revoked' }))
}
