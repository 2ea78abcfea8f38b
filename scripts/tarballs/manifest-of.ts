import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** package.json as it was packed. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly main?: string
  readonly module?: string
  readonly types?: string
  readonly miniprogram?: string
  readonly unpkg?: string
  readonly jsdelivr?: string
  readonly license?: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean }
}

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
