import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSigningKey, type SigningKeyFile } from '../keys/signing-key'

/** What a development hub keeps beside its database: the brand's keys as texts. For development only. */
export interface HubFolder {
  readonly brand: string
  readonly signingKey: SigningKeyFile
  /** Signs member codes, session tokens and coupons. */
  readonly hubKey: SigningKeyFile
  readonly keys: { readonly publishable: string; readonly secret: string; readonly staff: string; readonly terminals: Readonly<Record<string, string>> }
}

/** Reads the folder's keys, or undefined when there are none yet. */
export function readHubFolder(dir: string): HubFolder | undefined {
  const file = join(dir, 'keys.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as HubFolder) : undefined
}

/** Keeps them, readable by this user alone; the signing key also by itself, as `omokit publish --signing-key` takes it. */
export function writeHubFolder(dir: string, folder: HubFolder): void {
  mkdirSync(dir, { recursive: true })
  const write = (name: string, value: unknown): void => writeFileSync(join(dir, name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  write('signing-key.json', folder.signingKey)
  write('keys.json', folder)
}

/** New signing keys for a brand. */
export const newSigningKeys = (): Pick<HubFolder, 'signingKey' | 'hubKey'> => ({ signingKey: createSigningKey('k1'), hubKey: createSigningKey('h1') })
