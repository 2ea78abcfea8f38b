import type { ReleaseTexts } from '@omokit/core/documents'
import type { Trx } from '../store/store'
import { loadRelease } from './stored-release'

/** Whole releases as they were last used: a published version never changes. */
export interface ReleaseCache {
  /** The release, from memory or by this transaction. */
  load(trx: Trx, brand: string, version: number): Promise<ReleaseTexts | undefined>
}

/** Keeps the `size` releases used last. */
export function createReleaseCache(size: number = 8): ReleaseCache {
  const held = new Map<string, ReleaseTexts>()
  return {
    async load(trx, brand, version) {
      const name = `${brand} ${version}`
      const known = held.get(name)
      if (known) {
        held.delete(name)
        held.set(name, known)
        return known
      }
      const texts = await loadRelease(trx, brand, version)
      if (!texts) return undefined
      held.set(name, texts)
      for (const oldest of held.keys()) {
        if (held.size <= size) break
        held.delete(oldest)
      }
      return texts
    },
  }
}
