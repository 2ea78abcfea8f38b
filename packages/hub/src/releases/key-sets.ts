import { accept, refuse, type Result } from '@omokit/core'
import { type KeySet, verifyKeys } from '@omokit/core/documents'
import { nodeCrypto } from '@omokit/core/node'
import { bucketOf } from '../store/bucket'
import type { Store, Trx } from '../store/store'
import { trustIn } from './signing-keys'

const crypto = nodeCrypto()
const keySetBucket = bucketOf('keys')

/** The newest root-of-keys document of a brand. */
export async function newestKeySet(trx: Trx, brand: string): Promise<{ readonly version: number; readonly text: string } | undefined> {
  return trx
    .selectFrom('key_sets')
    .select(['version', 'text'])
    .where('brand', '=', brand)
    .where('bucket', '=', keySetBucket)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/**
 * Takes in a root-of-keys document: the first one on the word of the admin who brings it, each later one only when the roots
 * of the one before signed it. From then on the keys it lists, and their states, decide which releases are taken.
 * Issues: those of `verifyKeys`, `equivocation`.
 */
export async function publishKeySet(store: Store, brand: string, text: string, now: number): Promise<Result<KeySet>> {
  return store.tx(brand, async (trx): Promise<Result<KeySet>> => {
    const before = await newestKeySet(trx, brand)
    const nobody = { roots: [], threshold: 0, version: 1 }
    const known = before ? await verifyKeys(before.text, { brand, trusted: nobody, crypto }) : undefined
    const read = await verifyKeys(text, { brand, trusted: known?.ok ? known.value : nobody, crypto, now })
    if (!read.ok) return read
    const { version, keys } = read.value
    if (before?.version === version) return before.text === text ? accept(read.value) : refuse('equivocation', { have: version })
    await trx.insertInto('key_sets').values({ brand, bucket: keySetBucket, version, text }).execute()
    for (const key of keys) await trustIn(trx, brand, key)
    return read
  })
}
