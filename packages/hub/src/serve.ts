import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hub } from './hub'

/** Where a hub listens. */
export interface ServeOptions {
  /** 0 (default): any free port. */
  readonly port?: number
  /** Default 127.0.0.1: put a proxy with TLS in front for anybody else. */
  readonly host?: string
}

/** A hub on a socket. */
export interface ServedHub {
  /** Base URL without a trailing slash. */
  readonly url: string
  readonly port: number
  /** Ends open streams, lets running requests finish, closes the socket. The store stays open. */
  close(): Promise<void>
}

/** Listens; rejects when the port is taken. */
export function serve(hub: Hub, { port = 0, host = '127.0.0.1' }: ServeOptions = {}): Promise<ServedHub> {
  const server = createAdaptorServer({ fetch: (request) => hub.fetch(request) })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port
      resolve({
        url: `http://${host}:${bound}`,
        port: bound,
        close: () =>
          new Promise((done) => {
            hub.close()
            server.close(() => done())
            if (!('closeIdleConnections' in server)) return
            server.closeIdleConnections()
            // what is still open after a grace period would keep the process for ever: clients that hold on, streams that came back
            setTimeout(() => server.closeAllConnections(), 2000).unref()
          }),
      })
    })
  })
}
