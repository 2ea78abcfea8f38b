import type { MiddlewareHandler } from 'hono'
import type { HubEnv } from '../hub-context'

/**
 * Versions of two brands are called alike and stand at the same address. A browser keeps answers by address and asks again
 * by version, whatever key was sent: so every answer varies by key, and its version names its brand.
 */
export const keepBrandsApart: MiddlewareHandler<HubEnv> = async (c, next) => {
  await next()
  c.header('vary', 'authorization, omokit-member', { append: true })
  const etag = c.res.headers.get('etag')
  if (etag && c.var.key) c.header('etag', etagOfBrand(etag, c.var.key.brand))
}

/** `"7"` as an answer to this brand states it. */
export const etagOfBrand = (etag: string, brand: string): string => `${etag.slice(0, -1)}.${encodeURIComponent(brand)}"`
