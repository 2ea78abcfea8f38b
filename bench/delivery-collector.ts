import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong between a page and its collector: an error answer, a closed port, no answer, an answer cut off once all was stored. */
export type Outage = '500' | 'refuse' | 'hang' | 'lostack'

/** What a collector says to a request it took. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text: string
}

/** An HTTP server on loopback that can fail in every way of {@link Outage}. */
export interface Collector {
  /** Base URL without a trailing slash. */
  readonly url: string
  /** From now on it fails so, or is sound again. What hung is cut off. */
  fail(outage: Outage | undefined): Promise<void>
  close(): Promise<void>
}

/** Starts a collector that gives each sound request, and each one whose answer gets lost, to `take`. */
export async function startCollector(take: (request: IncomingMessage, body: Buffer) => Promise<Answer>): Promise<Collector> {
  let outage: Outage | undefined
  let server: Server | undefined
  let port = 0

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const cross = {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    }
    if (outage === 'hang') return
    if (request.method === 'OPTIONS') return void response.writeHead(204, { ...cross, 'access-control-max-age': '600' }).end()
    if (outage === '500') return void response.writeHead(500, cross).end()
    const { status, headers, text } = await take(request, Buffer.concat(parts))
    // asked again: the outage may have begun meanwhile
    if (outage === 'lostack') return void response.destroy()
    response.writeHead(status, { ...headers, ...cross }).end(text)
  }
  const listen = async (): Promise<void> => {
    const own = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
    await new Promise<void>((resolve, reject) => own.once('error', reject).listen(port, '127.0.0.1', resolve))
    server = own
    port = (own.address() as AddressInfo).port
  }
  const shut = async (): Promise<void> => {
    const own = server
    server = undefined
    if (!own) return
    const closed = new Promise((resolve) => own.close(resolve))
    own.closeAllConnections()
    await closed
  }

  await listen()
  return {
    url: `http://127.0.0.1:${port}`,
    async fail(next) {
      if (outage === 'hang' || next === 'refuse') await shut()
      outage = next
      if (!server && next !== 'refuse') await listen()
    },
    close: shut,
  }
}
