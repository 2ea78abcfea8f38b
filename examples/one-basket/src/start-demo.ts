import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Server } from 'omokit'
import { createOmokit } from 'omokit/node'
import { brand } from './brand/brand'
import { type DemoHub, startDemoHub } from './demo-hub'
import { addDemoRoutes } from './demo-routes'

/** Options of {@link startDemo}. */
export interface DemoOptions {
  /** Folder for the page's bundle, the keys and the server's journal; emptied first. */
  readonly dir: string
  /** 0 (default): any free port of 127.0.0.1. */
  readonly port?: number
  readonly onFault?: (error: unknown) => void
}

/** The demo as it runs. */
export interface Demo {
  /** Address of the page and of the hub, without a trailing slash. */
  readonly url: string
  readonly hub: DemoHub
  /** The brand's own server in this process. */
  readonly server: Server
  /** File with the keys of this start, readable by this user alone. */
  readonly keysFile: string
  close(): Promise<void>
}

/** Starts hub, page and the brand's own server; all of it is new at every start. */
export async function startDemo({ dir, port, onFault }: DemoOptions): Promise<Demo> {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  const page = fileURLToPath(new URL('./page', import.meta.url))
  const outfile = join(dir, 'page.js')
  await build({
    entryPoints: [join(page, 'page.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@omokit/source'],
    logLevel: 'silent',
  })
  const files = {
    html: readFileSync(join(page, 'index.html'), 'utf8'),
    css: readFileSync(join(page, 'page.css'), 'utf8'),
    script: readFileSync(outfile, 'utf8'),
  }

  const run = Date.now().toString(36)
  let parts: { readonly hub: DemoHub; readonly server: Server; readonly run: string } | undefined
  const hub = await startDemoHub({
    dir: join(dir, 'office'),
    ...(port === undefined ? {} : { port }),
    ...(onFault ? { onFault } : {}),
    extend: ({ app }) =>
      addDemoRoutes(app, files, () => {
        if (parts) return parts
        throw new Error('the demo is still starting')
      }),
  })
  const keys = [hub.signingKey, hub.hubKey].map(({ kid, publicKey }) => ({ kid, key: publicKey, state: 'active' as const }))
  const server = createOmokit({ brand, dir: join(dir, 'server'), hub: hub.url, key: hub.keys.secret, keys, currency: 'CNY' })
  await server.start()
  await server.pricing.waitFor(1)
  parts = { hub, server, run }

  const keysFile = join(dir, 'keys.json')
  writeFileSync(keysFile, `${JSON.stringify({ brand, hub: hub.url, keys: hub.keys, trusted: keys }, null, 2)}\n`, { mode: 0o600 })
  return {
    url: hub.url,
    hub,
    server,
    keysFile,
    async close() {
      await server.stop()
      await hub.close()
    },
  }
}
