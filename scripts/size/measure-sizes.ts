import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { packages } from '../packaging/packages.mjs'
import { scenarios } from './scenarios'

/** Bytes of one scenario, minified and as they travel. */
export interface Size {
  readonly id: string
  readonly min: number
  readonly gzip: number
}

/** Every scenario and the worst rest of an unused import, bundled by esbuild from the packages installed in `folder`. */
export async function measureSizes(folder: string): Promise<readonly Size[]> {
  const rows: Size[] = []
  for (const [id, code] of Object.entries(scenarios)) rows.push({ id, ...(await measure(code, folder)) })
  rows.push({ id: 'size.unused', ...(await unused(folder)) })
  return rows
}

async function measure(code: string, folder: string): Promise<{ min: number; gzip: number }> {
  const result = await build({
    stdin: { contents: code, resolveDir: folder, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2020',
    platform: 'browser',
    write: false,
    logLevel: 'error',
    legalComments: 'none',
  })
  const bytes = result.outputFiles[0]?.contents ?? new Uint8Array()
  return { min: bytes.length, gzip: bytes.length ? gzipSync(bytes, { level: 9 }).length : 0 }
}

/** The largest rest that an import without use leaves, over every entry of every client package. */
async function unused(folder: string): Promise<{ min: number; gzip: number }> {
  const client = Object.keys(packages).filter((dir) => packages[dir]?.kind === 'client')
  let worst = { min: 0, gzip: 0 }
  for (const dir of client) {
    for (const subpath of Object.keys(packages[dir]?.entries ?? {})) {
      if (/testing|node/.test(subpath)) continue
      const size = await measure(`import * as unused from '${packages[dir]?.name}${subpath.slice(1)}'`, folder)
      if (size.gzip > worst.gzip) worst = size
    }
  }
  return worst
}
