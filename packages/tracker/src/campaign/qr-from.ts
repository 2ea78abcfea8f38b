import type { StandardBodies } from '@omokit/core'
import { type EnterOptions, entryWords } from './entry-words'

/**
 * The body of `QR Scanned` when the visit began with a printed code, else undefined. A code is a link with `omo_code`, `omo_placement` or
 * `omo_store`, a mini-program code (its `scene`, with `c`, `p`, `s` for the same three, or one bare text), or a link that the host turned
 * into an entry. Without a code's name its whole text is the name, a link without its query. Never throws.
 *
 * @example
 * const scanned = qrFrom(location.href)
 * if (scanned) shop.track('QR Scanned', scanned)
 */
export function qrFrom(source: string | EnterOptions | undefined): StandardBodies['QR Scanned'] | undefined {
  const { words, scene, code } = entryWords(source)
  const { omo_code: named, omo_placement: placement, omo_store: storeId } = words
  if (named === undefined && placement === undefined && storeId === undefined && code === undefined) return undefined
  const printed = code === undefined ? (typeof source === 'string' ? source : '') : code
  const name = named || (printed.split(/[?#]/)[0] as string).slice(0, 128) || placement || storeId || ''
  return { code: name, ...(placement !== undefined && { placement }), ...(scene !== undefined && { scene }), ...(storeId !== undefined && { storeId }) }
}
