import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Somebody between a till and the hub, who edits one receipt on its way. */
export interface TamperProxy {
  readonly url: string
  /** Orders whose receipt was edited. */
  readonly edited: readonly string[]
  close(): Promise<void>
}

/** Passes everything on, but takes `less` off what the receipt of `order` says was paid. */
export async function startTamperProxy(hub: string, order: string, less: number): Promise<TamperProxy> {
  const edited: string[] = []
  const server: Server = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      let body = Buffer.concat(chunks).toString('utf8')
      if (request.url?.startsWith('/v1/facts') && body.includes(`"order":"${order}"`)) {
        body = body.replace(
          new RegExp(`("kind":"Receipt Issued"(?:(?!"kind":).)*?"order":"${order}"(?:(?!"kind":).)*?"pay":)(\\d+)`),
          (_, before: string, pay: string) => {
            edited.push(order)
            return `${before}${Number(pay) - less}`
          },
        )
      }
      const headers: Record<string, string> = {}
      for (const name of ['authorization', 'content-type', 'omokit-member', 'if-none-match']) {
        const value = request.headers[name]
        if (typeof value === 'string') headers[name] = value
      }
      const answer = await fetch(`${hub}${request.url}`, {
        method: request.method ?? 'GET',
        headers,
        ...(request.method === 'GET' ? {} : { body }),
        signal: AbortSignal.timeout(60_000),
      })
      const type = answer.headers.get('content-type') ?? 'application/json'
      response.writeHead(answer.status, { 'content-type': type })
      if (type.startsWith('text/event-stream') && answer.body) {
        for await (const chunk of answer.body) response.write(chunk)
        response.end()
      } else response.end(Buffer.from(await answer.arrayBuffer()))
    } catch {
      response.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    edited,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
