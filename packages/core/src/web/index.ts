export { createWebPorts } from './web-ports'
export type { WebPortsOptions } from './web-ports'
export { ed25519Works } from './web-crypto'
export { keepStorage } from './keep-storage'
