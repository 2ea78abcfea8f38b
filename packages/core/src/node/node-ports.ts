import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Platform, Ports } from '../ports'
import { openEventStream } from '../web/event-stream'
import { fetchNet } from '../web/fetch-net'
import { gzipBodies } from '../web/gzip'
import { fileName } from './file-name'
import { nodeCrypto } from './node-crypto'
import { nodeKv } from './node-kv'
import { nodeLife } from './node-life'
import { nodeLocks } from './node-locks'
import { nodeLog } from './node-log'

/** Options of {@link createNodePorts}. */
export interface NodePortsOptions {
  readonly brand: string
  /** Folder for everything kept, on a local disk; made at the first write. Brands and instances never meet in it. */
  readonly dir: string
  /** Tells two uses by one brand apart, default "main". */
  readonly instance?: string
  /** Default "node"; "till" for a till process. */
  readonly platform?: Platform
  readonly app?: string
  readonly device?: string
}

/**
 * The ports of a process: files that survive SIGKILL at any point, group commit with `datasync`, fetch, signals, locks
 * between processes of one machine, node:crypto. Creating them touches nothing.
 *
 * An `append` that resolved is on disk. Nothing is journalled when it merely returned: a file cannot be written both at
 * once and in groups.
 *
 * @example
 * const ports = createNodePorts({ brand: 'demo', dir: './data' })
 */
export function createNodePorts(options: NodePortsOptions): Ports {
  const { brand, dir, instance = 'main', platform = 'node', app, device } = options
  const home = join(dir, fileName(brand), fileName(instance))
  const log = nodeLog(join(home, 'log'))
  return {
    get env() {
      const language = (process.env['LC_ALL'] || process.env['LANG'] || '').split('.')[0]?.replace('_', '-')
      return { platform, brand, instance, ...(app && { app }), ...(device && { device }), ...(language && language !== 'C' && { language }) }
    },
    kv: nodeKv(join(home, 'kv')),
    log,
    net: { ...fetchNet(gzipBodies()), stream: openEventStream },
    life: nodeLife(log.idle),
    entropy: { strength: 'secure', fill: async (bytes) => new Uint8Array(randomBytes(bytes)) },
    time: { now: () => Date.now(), mono: () => performance.now(), zone: () => -new Date().getTimezoneOffset() },
    timer: {
      after(ms, run) {
        const id = setTimeout(run, Math.min(ms, 0x7fffffff)).unref() // more than 31 bits would fire at once
        return () => clearTimeout(id)
      },
    },
    locks: nodeLocks(join(home, 'lock')),
    crypto: nodeCrypto(),
  }
}
