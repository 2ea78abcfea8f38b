import { createNodePorts } from '@omokit/core/node'
import { checkOptions } from '../check-options'
import { createTill as createOn, type Till, type TillOptions } from '../till'

/** Options of {@link createTill} in a process of its own. */
export interface NodeTillOptions extends TillOptions {
  readonly brand: string
  /** Folder for journal and releases, on a local disk: it survives SIGKILL. */
  readonly dir: string
  /** Tells two tills on one machine apart, default "main". */
  readonly instance?: string
}

/**
 * A till as a process.
 *
 * @example
 * const till = createTill({ brand: 'demo', hub: 'https://hub.example', key: 'tk_live_demo_…', dir: './till-3', storeId: '0042', workstationId: '3', keys })
 * await till.start()
 */
export function createTill(options: NodeTillOptions): Till {
  checkOptions(options, 'brand instance dir hub key storeId workstationId keys currency plugins limits onIssue')
  const { brand, dir, instance } = options
  return createOn({ ...options, ports: createNodePorts({ brand, dir, platform: 'till', ...(instance && { instance }) }) })
}
