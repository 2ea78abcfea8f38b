/** Signs bytes with Ed25519 (RFC 8032): 64 bytes. The secret key stays behind it, in a file, a vault or another process. */
export type Signer = (message: Uint8Array) => Promise<Uint8Array>
