import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parse } from 'acorn'
import { build } from 'esbuild'
import { leanEd25519 } from '../../scripts/build/lean-ed25519'
import { packages } from '../../scripts/packaging/packages.mjs'
import { root } from '../../scripts/repository'

/** Entries that only a server, a browser or a test ever loads: they may use what their host has. */
const edge = /\/(web|node|till|testing|testing\/layers|schema)$/

/** Names a mini-program's engine does not have, or a page's bundler does not replace. */
const barred: readonly RegExp[] = [
  /\bglobalThis\b/,
  /\bBigInt\b/,
  /\bObject\.hasOwn\b/,
  /\.fromEntries\(/,
  /\bTextEncoder\b/,
  /\bnew URL\(/,
  /\bstructuredClone\(/,
  /\bprocess\.env\b/,
  /\bimport\.meta\b/,
]

/** An import that a client may write, and the file behind it. */
export interface ClientEntry {
  readonly id: string
  readonly file: string
  /** Runs in every client runtime, mini-programs included. */
  readonly everywhere: boolean
}

/** Every entry of every client package but those for tests and servers. */
export function clientEntries(): ClientEntry[] {
  const entries: ClientEntry[] = []
  for (const [dir, row] of Object.entries(packages)) {
    if (row.kind !== 'client') continue
    for (const [subpath, source] of Object.entries(row.entries)) {
      const id = row.name + subpath.slice(1)
      // the brand's server composes from the root of omokit: it holds Node's preset behind its own entry
      if (!/\/(node|testing)\b/.test(id)) entries.push({ id, file: join(root, 'packages', dir, source), everywhere: !edge.test(id) })
    }
  }
  return entries
}

/** The entry with everything it imports, for ES2017, as a mini-program's page gets it. */
export async function bundle(file: string): Promise<string> {
  const result = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2017',
    platform: 'browser',
    write: false,
    logLevel: 'error',
    legalComments: 'none',
    conditions: ['@omokit/source'],
    alias: leanEd25519,
    absWorkingDir: root,
  })
  return result.outputFiles[0]?.text ?? ''
}

/** What must not stand in code that runs everywhere. */
export function barredIn(code: string): string[] {
  return barred.filter((name) => name.test(code)).map(String)
}

/** Why the code is not ES2017, or undefined. */
export function newerThanEs2017(code: string): string | undefined {
  try {
    parse(code, { ecmaVersion: 2017, sourceType: 'module' })
    return undefined
  } catch (error) {
    return String(error)
  }
}

/** Bytes as they travel. */
export function gzipBytes(code: string): number {
  return gzipSync(code, { level: 9 }).length
}

/** Ceilings that are passed, missing, or left over. */
export function sizeFaults(sizes: Readonly<Record<string, number>>, ceilings: Readonly<Record<string, number>>): string[] {
  const faults: string[] = []
  for (const [id, size] of Object.entries(sizes)) {
    const ceiling = ceilings[id]
    if (ceiling === undefined) faults.push(`${id}: no ceiling, ${size} B now`)
    else if (size > ceiling) faults.push(`${id}: ${size} B over its ceiling of ${ceiling} B`)
  }
  for (const id of Object.keys(ceilings)) if (sizes[id] === undefined) faults.push(`${id}: a ceiling without an entry`)
  return faults
}
