import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { contractAnswer } from '@omokit/core/testing'

/** The contract server on a free loopback port. */
export async function startContractServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => void answerContract(request, response, request.url ?? '/'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Plays `contractAnswer` on an HTTP exchange; `path` is what stands below the base URL. */
export async function answerContract(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value)
  const answer = contractAnswer({ method: request.method ?? 'GET', path, headers, body: body.toString('utf8'), bytes: body.length })
  if (answer.end === 'cut') return void request.socket.destroy()
  if (answer.delay) await pause(answer.delay)
  response.writeHead(answer.status, { ...answer.headers, ...(answer.end === 'half' && { 'content-length': '1000' }) })
  for (const piece of answer.pieces) {
    response.write(piece)
    if (answer.pieces.length > 1) await pause(2)
  }
  if (answer.end === 'half') {
    await pause(20)
    return void request.socket.destroy()
  }
  response.end()
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())
