import { markedFields } from '../marked'
import { type Tracking, tracking } from '../tracking'

/** Options of {@link trackClicks}. */
export interface ClickOptions {
  readonly tracker: Tracking
  /** Where clicks are heard, default the document. One root for each brand keeps two brands on one page apart. */
  readonly root?: Document | Element | ShadowRoot
}

/**
 * Records clicks on elements marked with `data-omo-event`, with their other `data-omo-…` attributes as the body; elements that come later are
 * heard too, and those in open shadow roots. Nothing is collected that is not in these attributes. Answers the function that ends it;
 * on a server it does nothing.
 *
 * @example
 * // <a href="/tea" data-omo-event="Product Clicked" data-omo-sku="TEA006" data-omo-price="8800" data-omo-currency="CNY">
 * const off = trackClicks({ tracker: shop })
 */
export function trackClicks({ tracker, root }: ClickOptions): () => void {
  if (typeof document === 'undefined') return () => undefined
  const track = tracking(tracker)
  const where = root || document
  const heard = (click: Event): void => {
    // of the other buttons only the middle one follows a link
    if (click.type === 'auxclick' && (click as MouseEvent).button !== 1) return
    const path = click.composedPath()
    for (const target of path.slice(0, path.indexOf(where) + 1 || undefined)) {
      const event = target instanceof Element && target.getAttribute('data-omo-event')
      if (event) return void track(event, markedFields(target as Element))
    }
  }
  // in the capture phase: a host that stops the click must not silence it
  where.addEventListener('click', heard, true)
  where.addEventListener('auxclick', heard, true)
  return () => {
    where.removeEventListener('click', heard, true)
    where.removeEventListener('auxclick', heard, true)
  }
}
