import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

/** Facts that reached the loopback hub, by name. */
export interface LoopbackHub {
  readonly url: string
  readonly kinds: readonly string[]
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css' }

/** Serves a folder on a free loopback port and takes facts as a hub does: acknowledged by number. */
export async function serve(folder: string): Promise<LoopbackHub> {
  const kinds: string[] = []
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/v1/facts')) {
      let text = ''
      request.setEncoding('utf8').on('data', (part: string) => (text += part))
      request.on('end', () => {
        const { facts } = JSON.parse(text) as { readonly facts: readonly { readonly kind: string; readonly seq: number }[] }
        kinds.push(...facts.map(({ kind }) => kind))
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ through: facts[facts.length - 1]?.seq, except: [], server_time: Date.now() }))
      })
      return
    }
    const path = new URL(request.url ?? '/', 'http://page').pathname
    const file = join(folder, path === '/' ? 'index.html' : path)
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    kinds,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
