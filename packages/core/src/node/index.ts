export { createNodePorts } from './node-ports'
export type { NodePortsOptions } from './node-ports'
export { nodeCrypto } from './node-crypto'
