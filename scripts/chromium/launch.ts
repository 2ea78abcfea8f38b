import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { BrowserContext } from 'playwright-core'
import { root } from '../repository'

/** The browser: OMOKIT_CHROMIUM, else Debian's. */
export const chromiumPath: string = process.env['OMOKIT_CHROMIUM'] ?? '/usr/bin/chromium'

/** Why browser tests cannot run here, for the title of the skipped suite; "" when they can. */
export const noChromium: string = existsSync(chromiumPath) ? '' : ` (skipped: no Chromium at ${chromiumPath}, set OMOKIT_CHROMIUM)`

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A running Chromium with a profile on disk. */
export interface Chromium {
  readonly context: BrowserContext
  readonly profile: string
  /** Ends the whole browser as SIGKILL does. Start it again on the same profile with `launchChromium({ profile })`. */
  kill(): Promise<void>
  /** Ends the browser in order; a profile made here is removed. */
  close(): Promise<void>
}

/** Starts Chromium headless, on a fresh profile unless one is given. */
export async function launchChromium(options: { readonly profile?: string; readonly args?: readonly string[] } = {}): Promise<Chromium> {
  const profile = options.profile ?? mkdtempSync(join(tmpdir(), 'omokit-chromium-'))
  const context = await chromium.launchPersistentContext(profile, { executablePath: chromiumPath, headless: true, args: [...flags, ...(options.args ?? [])] })
  return {
    context,
    profile,
    async kill() {
      const browser = context.browser()
      const session = await browser?.newBrowserCDPSession()
      const processes = (await session?.send('SystemInfo.getProcessInfo'))?.processInfo ?? []
      const closed = new Promise((resolve) => context.once('close', resolve))
      for (const { id, type } of processes) if (type === 'browser') process.kill(id, 'SIGKILL')
      await closed
    },
    async close() {
      await context.close()
      if (!options.profile) rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A served page. */
export interface ServedPage {
  /** Address of the page, which runs the entry; any other path below it that `answer` leaves alone gives the same page. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Bundles a TypeScript entry, a file or its code, from the packages' sources and serves it as a page from a free loopback port.
 * `answer` gets every request first and says whether it took it.
 */
export async function bundleAndServe(
  entry: string | { readonly code: string },
  options: { readonly html?: string; readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean } = {},
): Promise<ServedPage> {
  const { outputFiles } = await build({
    ...(typeof entry === 'string' ? { entryPoints: [entry] } : { stdin: { contents: entry.code, resolveDir: root } }),
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    platform: 'browser',
    conditions: ['@omokit/source'],
    sourcemap: 'inline',
    logLevel: 'silent',
  })
  const script = outputFiles[0]?.contents
  const server = createServer((request, response) => {
    if (options.answer?.(request, response)) return
    if (request.url === '/bundle.js') return void response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script)
    if (request.url === '/favicon.ico') return void response.writeHead(204).end()
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(options.html ?? '<!doctype html><meta charset="utf-8"><title>omokit</title><body><script src="/bundle.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
