/** The text in gzip (RFC 1952), or undefined where the host has no CompressionStream (Safari before 16.4, Chrome before 80). */
export async function gzip(text: string): Promise<Uint8Array | undefined> {
  if (typeof CompressionStream === 'undefined') return undefined
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}
