import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Hub, HubLimits, ServedHub, Store } from '@omokit/hub'
import { signerOf, trustedKey } from '../keys/signing-key'
import { type HubFolder, newSigningKeys, readHubFolder, writeHubFolder } from './hub-folder'

/** Options of {@link startHub}. */
export interface StartHubOptions {
  readonly brand: string
  /** Stores that get a terminal key each. */
  readonly stores?: readonly string[]
  /** Keeps database and keys; absent: everything lives in memory and is gone at the end. */
  readonly dir?: string
  /** A Postgres to use instead of the embedded PGlite. */
  readonly databaseUrl?: string
  /** 0 (default): any free port of 127.0.0.1. */
  readonly port?: number
  /** Adds routes before the socket opens, a demo page for one. */
  readonly extend?: (hub: Hub) => void
  readonly limits?: Partial<HubLimits>
  readonly onFault?: (error: unknown) => void
}

/** A development hub that runs: one brand, its keys, its address. */
export interface StartedHub extends HubFolder {
  readonly url: string
  readonly hub: Hub
  readonly store: Store
  close(): Promise<void>
}

/**
 * Starts a hub for development: no account, no network, embedded PGlite unless a Postgres is named. Keys of mode `test` are
 * made at the first start and kept in `dir`.
 */
export async function startHub(options: StartHubOptions): Promise<StartedHub> {
  const { brand, stores = [], dir, databaseUrl } = options
  // loaded only here, so that the other commands need no database
  const { createHub, createKey, openStore, processEffects, serve, trustSigningKey } = await import('@omokit/hub')
  if (dir !== undefined) mkdirSync(dir, { recursive: true })
  const store = await openStore(databaseUrl === undefined ? { pglite: dir === undefined ? {} : { dir: join(dir, 'pglite') } } : { databaseUrl })
  const known = dir === undefined ? undefined : readHubFolder(dir)
  const make = async (
    kind: 'publishable' | 'secret' | 'staff' | 'terminal',
    more: { readonly storeId?: string; readonly roles?: readonly ['admin', 'publish', 'reports'] } = {},
  ): Promise<string> => {
    const made = await createKey(store, processEffects, { brand, kind, mode: 'test', label: 'development', ...more })
    if (made.ok) return made.value.key
    throw new Error(`a ${kind} key could not be made: ${made.issues.map((issue) => issue.code).join(', ')}`)
  }
  let folder = known
  if (!folder) {
    const signing = newSigningKeys()
    await trustSigningKey(store, brand, trustedKey(signing.signingKey))
    const terminals: Record<string, string> = {}
    for (const storeId of stores) terminals[storeId] = await make('terminal', { storeId })
    folder = {
      brand,
      ...signing,
      keys: {
        publishable: await make('publishable'),
        secret: await make('secret'),
        staff: await make('staff', { roles: ['admin', 'publish', 'reports'] }),
        terminals,
      },
    }
    if (dir !== undefined) writeHubFolder(dir, folder)
  }
  const { hubKey } = folder
  const hub = createHub({
    store,
    mode: 'dev',
    signer: { kid: hubKey.kid, publicKey: hubKey.publicKey, sign: signerOf(hubKey) },
    ...(options.limits ? { limits: options.limits } : {}),
    ...(options.onFault ? { onFault: options.onFault } : {}),
  })
  options.extend?.(hub)
  const served: ServedHub = await serve(hub, { port: options.port ?? 0 })
  return {
    ...folder,
    url: served.url,
    hub,
    store,
    async close() {
      await served.close()
      await store.close()
    },
  }
}
