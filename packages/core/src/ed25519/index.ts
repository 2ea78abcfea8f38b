export { createPureCrypto } from './pure-crypto'
export type { Signer } from './signer'
