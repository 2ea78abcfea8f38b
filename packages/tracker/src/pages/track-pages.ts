import { type Tracking, tracking } from '../tracking'
import { onAddress } from './on-address'

/** Options of {@link trackPages}. */
export interface PageOptions {
  readonly tracker: Tracking
  /** Parameters of the address that belong to the page and name nobody: `['category']`. All others are left out. */
  readonly query?: readonly string[]
  /** Apps and till pages: records `Screen Viewed` with the name this gives for the path, and nothing where it gives none. */
  readonly screen?: (path: string) => string | undefined
}

/**
 * Records `Page Viewed` for the page that is open, for every change of its address (push, replace, back, fragment routes) and for a page that
 * comes back from the browser's memory; a page rendered in advance counts once it is shown. One path in a row counts once. History is
 * watched, not patched. `path` has the query parameters of `query` only, `referrer` no query at all. Answers the function that ends it; on a server it
 * does nothing.
 *
 * @example
 * const off = trackPages({ tracker: shop, query: ['category'] })
 */
export function trackPages({ tracker, query = [], screen }: PageOptions): () => void {
  if (typeof document === 'undefined') return () => undefined
  const track = tracking(tracker)
  let last: string | undefined
  let referrer = document.referrer.replace(/[?#].*/, '')

  const record = (): void => {
    // a page rendered in advance may never be seen by anybody
    if ((document as { readonly prerendering?: boolean }).prerendering) return
    const path = pathOf(location, query)
    if (path === last) return
    last = path
    if (screen) {
      const name = named(screen, path)
      if (name !== undefined) void track('Screen Viewed', { name })
      return
    }
    const { title } = document
    void track('Page Viewed', { path, ...(title && { title }), ...(referrer && { referrer }) })
    referrer = path
  }
  const again = ({ persisted }: PageTransitionEvent): void => {
    if (!persisted) return
    last = undefined
    record()
  }
  record()
  document.addEventListener('prerenderingchange', record)
  const off = onAddress(record)
  addEventListener('pageshow', again)
  return () => {
    off()
    removeEventListener('pageshow', again)
    document.removeEventListener('prerenderingchange', record)
  }
}

/** The path, the allowed parameters, and a fragment that is a route (`#/…`). */
function pathOf({ pathname, search, hash }: Location, query: readonly string[]): string {
  const kept = search
    .slice(1)
    .split('&')
    .filter((pair) => query.indexOf(pair.split('=')[0] as string) >= 0)
    .join('&')
  const route = /^#!?\//.test(hash) ? hash.split('?')[0] : ''
  return (pathname + (kept && `?${kept}`) + route).slice(0, 2048)
}

function named(screen: (path: string) => string | undefined, path: string): string | undefined {
  try {
    return screen(path)
  } catch {
    return undefined
  }
}
