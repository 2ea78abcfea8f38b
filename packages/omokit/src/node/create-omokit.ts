import { createNodePorts } from '@omokit/core/node'
import { checkOptions } from '../check-options'
import { createServer, type Server, type ServerOptions } from '../server'

/** Options of {@link createOmokit} in a server process. */
export interface NodeOptions extends ServerOptions {
  readonly brand: string
  /** Folder for everything kept, on a local disk. */
  readonly dir: string
  /** Tells two uses by one brand apart, default "main". */
  readonly instance?: string
}

/**
 * omokit in the brand's own server.
 *
 * @example
 * const shop = createOmokit({ brand: 'demo', hub: 'https://hub.example', key: 'sk_live_demo_…', dir: './data', keys })
 * await shop.start()
 */
export function createOmokit(options: NodeOptions): Server {
  checkOptions(options, 'brand instance dir hub key keys currency place plugins limits onIssue')
  const { brand, dir, instance } = options
  return createServer({ ...options, ports: createNodePorts({ brand, dir, ...(instance && { instance }) }) })
}
