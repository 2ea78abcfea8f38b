import type { FactBody, Json } from '@omokit/core'
import { markedFields } from '../marked'
import { type Tracking, tracking } from '../tracking'
import { watchDwell } from './watch-dwell'

/** Options of {@link trackImpressions}. */
export interface ImpressionOptions {
  readonly tracker: Tracking
  /** Where marked elements are looked for, now and later; default the document. */
  readonly root?: Document | Element | ShadowRoot
  /** Milliseconds an element must be in sight without a break, default 1,000. */
  readonly dwellMs?: number
  /** How much of it must be in sight, 0 to 1, default 0.5; of what is too tall for that, as much of the screen. */
  readonly ratio?: number
  /** Milliseconds that products of one list are collected before `Product List Viewed` is recorded, default 2,000. */
  readonly batchMs?: number
}

/** Products in one event at most. */
const most = 50

/**
 * Records what was really seen. Elements with `data-omo-sku` inside one with `data-omo-list` become products of `Product List Viewed`, several to an
 * event, each with its `position` (`data-omo-position`, else its place in the list from 1); elements with `data-omo-promotion` become `Promotion
 * Viewed`. Seen is half of it for a whole second in a visible tab; once for each list and article until the address of the page changes.
 * What is collected is recorded when the page is hidden or left. Answers the function that ends it; on a server it does nothing.
 *
 * @example
 * // <ul data-omo-list="home-new" data-omo-currency="CNY"><li data-omo-sku="TEA006" data-omo-price="8800">…
 * const off = trackImpressions({ tracker: shop })
 */
export function trackImpressions({ tracker, root, dwellMs = 1000, ratio = 0.5, batchMs = 2000 }: ImpressionOptions): () => void {
  if (typeof document === 'undefined' || typeof IntersectionObserver === 'undefined') return () => undefined
  const track = tracking(tracker)
  const lists = new Map<string, { readonly list: FactBody; readonly products: Json[] }>()
  let seen = new Set<string>()
  let view = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  const isNew = (name: string): boolean => {
    const here = location.pathname + location.search
    if (here !== view) seen = new Set()
    view = here
    return !seen.has(name) && !!seen.add(name)
  }

  function record(): void {
    clearTimeout(timer)
    timer = undefined
    const collected = Array.from(lists.values())
    lists.clear()
    for (const { list, products } of collected) void track('Product List Viewed', { ...list, products })
  }

  function sight(element: Element): void {
    const body = markedFields(element)
    const { sku, promotion } = body
    if (typeof promotion === 'string') {
      if (isNew(`promotion ${promotion} ${String(body['creative'])} ${String(body['position'])}`)) void track('Promotion Viewed', body)
      return
    }
    const list = element.closest('[data-omo-list]')
    if (typeof sku !== 'string' || !list || !isItem(element, list)) return
    const name = list.getAttribute('data-omo-list') || ''
    if (!isNew(`${name} ${sku}`)) return
    const shared = markedFields(list)
    const batch = lists.get(name) || { list: { ...shared, ...(name && { list: name }) }, products: [] }
    lists.set(name, batch)
    const items = Array.from(list.querySelectorAll('[data-omo-sku]')).filter((one) => isItem(one, list))
    batch.products.push({ position: items.indexOf(element) + 1, ...(shared['currency'] !== undefined && { currency: shared['currency'] }), ...body })
    if (batch.products.length >= most) record()
    else timer = timer || setTimeout(record, batchMs)
  }

  const off = watchDwell(root || document, '[data-omo-list] [data-omo-sku], [data-omo-promotion]', { dwellMs, ratio, sight })
  const left = (): void => {
    if (document.visibilityState === 'hidden') record()
  }
  document.addEventListener('visibilitychange', left)
  addEventListener('pagehide', record)
  return () => {
    off()
    record()
    document.removeEventListener('visibilitychange', left)
    removeEventListener('pagehide', record)
  }
}

/** Whether a marked element is an article of the list itself: not a part of one, such as its link, nor of a list inside. */
function isItem(element: Element, list: Element): boolean {
  const around = element.parentElement && element.parentElement.closest('[data-omo-sku]')
  return element.closest('[data-omo-list]') === list && !(around && list.contains(around))
}
