import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import type { HubApp } from '../hub-context'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Serves the files of a folder at `/`, `index.html` for folders. For development: no ranges, no caching. */
export function servePublicFiles(app: HubApp, dir: string): void {
  app.get('*', async (c, next) => {
    const path = decode(new URL(c.req.url).pathname)
    const inside = path === undefined ? undefined : normalize(path.endsWith('/') ? `${path}index.html` : path)
    const type = inside && types[extname(inside)]
    // only known kinds of files, and none outside the folder
    if (!inside || !type || inside.includes('\0') || inside.split(/[\\/]/).includes('..')) return next()
    const body = await readFile(join(dir, ...inside.split(sep))).catch(() => undefined)
    return body ? new Response(new Uint8Array(body), { headers: { 'content-type': type, 'cache-control': 'no-store' } }) : next()
  })
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
