import type { HeldRelease } from '@omokit/core/documents'
import { priceSource } from '@omokit/core/documents'
import type { ListPrice } from '@omokit/core/documents'

/** Where and for whom a price is asked: which lists answer. */
export interface PriceContext {
  readonly store?: string
  readonly tier?: string
  readonly channel?: string
}

/** A price as one context sees it. */
export interface FoundPrice extends ListPrice {
  /** The list that gave it: `base`, `store-0042`, `channel-web`, `tier-gold`, `flash`. */
  readonly from: string
}

interface Hot {
  readonly found: FoundPrice | undefined
  /** Milliseconds: until then the answer stands. */
  readonly end: number
}

const hot = 1000

/**
 * Prices of one context, fast: the first of flash, store, channel and base that has an unexpired row; a lower member price wins.
 * The same order as `quote` of `@omokit/rules` takes. Keeps the last 1,000 answers until the release or a row's end.
 */
export function bindPrices(active: () => HeldRelease | undefined, now: () => number, context: PriceContext): (sku: string) => FoundPrice | undefined {
  const { store, tier, channel } = context
  const lists = ['flash'].concat(store ? `store-${store}` : [], channel ? `channel-${channel}` : [], 'base')
  const answers = new Map<string, Hot>()
  let held: HeldRelease | undefined
  let source: ReturnType<typeof priceSource> | undefined

  return (sku) => {
    const release = active()
    if (release !== held) {
      held = release
      source = release && priceSource(release)
      answers.clear()
    }
    const known = answers.get(sku)
    if (known && (known.end === Infinity || now() < known.end)) return known.found
    if (!source) return undefined
    const time = now()
    let found: FoundPrice | undefined
    let end = Infinity
    const look = (list: string, wins: (row: ListPrice) => boolean): void => {
      const row = (source as NonNullable<typeof source>)(list, sku)
      const last = row && row.until ? row.until * 1000 : Infinity
      if (!row || time >= last || !wins(row)) return
      found = { ...row, from: list }
      end = Math.min(end, last)
    }
    for (const list of lists) look(list, () => !found)
    if (tier && found) look(`tier-${tier}`, (row) => row.price < (found as FoundPrice).price)
    if (answers.size >= hot) answers.clear()
    answers.set(sku, { found, end })
    return found
  }
}
