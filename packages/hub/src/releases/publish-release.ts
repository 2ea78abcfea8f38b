import { accept, hash, refuse, type Result } from '@omokit/core'
import { releaseOption, unpack, verifyRelease } from '@omokit/core/documents'
import { nodeCrypto } from '@omokit/core/node'
import { queueForBus } from '../bus/bus-outbox'
import type { Store } from '../store/store'
import type { ReleaseCache } from './release-cache'
import { rulesFault } from './rules-fault'
import { signingKeys } from './signing-keys'
import { releaseHeads, saveRelease } from './stored-release'

const crypto = nodeCrypto()

/** Where a release goes. */
export interface Publisher {
  readonly store: Store
  readonly cache: ReleaseCache
  /** The publication is also queued for a bus. */
  readonly bus: boolean
}

export interface Published {
  readonly version: number
  /** false: this very release was published before. */
  readonly fresh: boolean
}

/**
 * Stores a release after checking all of it: signature by a trusted key, version above the newest, every hash, every row, no
 * book silently smaller, rules that every till accepts and in which every key counts. The same pack again is answered as the first
 * time. Issues: those of `verifyRelease` and of `rulesFault`, `brand-mismatch`.
 */
export async function publishRelease(to: Publisher, brand: string, pack: string, now: number): Promise<Result<Published>> {
  const read = unpack(pack)
  if (!read.ok) return read
  const texts = read.value
  const { version } = texts.signed.header
  const once = (): Promise<Result<Published>> =>
    to.store.tx(brand, async (trx): Promise<Result<Published>> => {
      const heads = await releaseHeads(trx, brand, { limit: 16 })
      const newest = heads[0]
      const everywhere = heads.find((head) => !head.stores)
      const held = everywhere && everywhere.version !== version ? await to.cache.load(trx, brand, everywhere.version) : undefined
      const verified = await verifyRelease(texts, {
        brand,
        keys: await signingKeys(trx, brand),
        crypto,
        now,
        ...(newest ? { floor: { version: newest.version, head: hash('head', newest.text), kid: texts.signed.header.kid } } : {}),
        ...(held ? { held } : {}),
      })
      if (!verified.ok) return verified
      if (newest?.version === version) return accept({ version, fresh: false })
      const fault = rulesFault(texts)
      if (fault) return fault
      const stores = releaseOption(texts.release, 'stores')
      if (stores !== undefined && typeof stores !== 'string') return refuse('malformed', { path: 'stores' })
      await saveRelease(trx, brand, texts, stores?.split(','), now)
      if (to.bus) await queueForBus(trx, brand, { topic: 'release', key: brand, payload: { version }, at: now })
      return accept({ version, fresh: true })
    })
  // somebody else published this version at the same moment: look again, and answer as to any latecomer
  return once().catch((error: unknown) => ((error as { code?: unknown }).code === uniqueViolation ? once() : Promise.reject(error as Error)))
}

const uniqueViolation = '23505'
