import type { HeldRelease } from '@omokit/core/documents'
import { readPrice } from '@omokit/core/documents'
import type { ListPrice } from '@omokit/core/documents'

/** Where and for whom a price is asked: which lists answer. */
export interface PriceContext {
  readonly store?: string
  readonly tier?: string
  readonly channel?: string
  /** Tags of the shopper that open member lists, as in a basket. */
  readonly audience?: readonly string[]
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

const shared = ({ store, channel }: PriceContext): string[] => ['flash'].concat(store ? `store-${store}` : [], channel ? `channel-${channel}` : [], 'base')
const members = ({ tier, audience = [] }: PriceContext): string[] => audience.concat(tier || []).map((group) => `tier-${group}`)

/** Every list that may have a say in a context. */
export function priceLists(context: PriceContext): string[] {
  return shared(context).concat(members(context))
}

/**
 * Prices of one context, fast: the first of flash, store, channel and base that has an unexpired row; a lower member price wins.
 * The same order as `quote` of `@omokit/rules` takes. Keeps the last 1,000 answers until the release or a row's end.
 */
export function bindPrices(active: () => HeldRelease | undefined, now: () => number, context: PriceContext): (sku: string) => FoundPrice | undefined {
  const lists = shared(context)
  const tiers = members(context)
  const answers = new Map<string, Hot>()
  let held: HeldRelease | undefined

  return (sku) => {
    const release = active()
    if (release !== held || answers.size > hot) {
      held = release
      answers.clear()
    }
    const known = answers.get(sku)
    if (known && (known.end === Infinity || now() < known.end)) return known.found
    if (!release) return undefined
    const time = now()
    let found: FoundPrice | undefined
    let end = Infinity
    let lacking = false
    const look = (list: string, tier: boolean): void => {
      const text = release.find(`price/${list}`, sku)
      if (text === null) lacking = true
      if (!text) return
      const row = readPrice(text)
      const last = (row.until || Infinity) * 1000
      if (time >= last || (tier ? !found || row.price >= found.price : found)) return
      found = Object.assign(row, { from: list })
      end = Math.min(end, last)
    }
    for (const list of lists) look(list, false)
    for (const list of tiers) look(list, true)
    // a list that is not on this device may say otherwise: no price, and none to remember
    if (lacking) return undefined
    answers.set(sku, { found, end })
    return found
  }
}
