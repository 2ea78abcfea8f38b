import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { contractAnswer } from '@omokit/core/testing'
import { deviceCheckFolder } from './projects'

const types: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css', js: 'text/javascript' }
const files = ['index.html', 'frame.html', 'page.css', 'lib/adapter.js', 'lib/check.js']

/** The web page, and below /contract the server that the network suite asks. */
export async function serveDeviceCheck(port: number, host: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://check').pathname
    if (path.startsWith('/contract/')) return void contract(request, response)
    const name = path === '/' ? 'index.html' : path.slice(1)
    if (!files.includes(name)) return void response.writeHead(404).end()
    const text = readFileSync(join(deviceCheckFolder, 'web', name), 'utf8').replace('<!-- served -->', '<meta name="omokit-contract" content="here" />')
    response.writeHead(200, { 'content-type': `${types[name.split('.').pop() ?? '']}; charset=utf-8`, 'cache-control': 'no-store' }).end(text)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Plays `contractAnswer` on an exchange. */
async function contract(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const path = (request.url ?? '').slice('/contract'.length)
  const answer = contractAnswer({ method: request.method ?? 'GET', path, headers, body: body.toString('utf8'), bytes: body.length })
  if (answer.end === 'cut') return void request.socket.destroy()
  if (answer.delay) await new Promise((resolve) => setTimeout(resolve, answer.delay))
  response.writeHead(answer.status, { ...answer.headers, ...(answer.end === 'half' && { 'content-length': '1000' }) })
  for (const piece of answer.pieces) {
    response.write(piece)
    if (answer.pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  if (answer.end === 'end') return void response.end()
  await new Promise((resolve) => setTimeout(resolve, 20))
  request.socket.destroy()
}
