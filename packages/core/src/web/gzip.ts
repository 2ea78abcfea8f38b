import type { Ask } from './fetch-net'

/** Bodies below this gain nothing by compression. */
const least = 2_000

/**
 * Bodies in gzip, for a server that said it takes it (`accept-encoding` of an answer, RFC 9110). What leaves with the page
 * goes as it is: there is no time.
 */
export function gzipBodies(): Ask {
  /** Servers that take gzip, by origin. */
  const takes: Record<string, boolean> = {}
  return async (url, init) => {
    const { headers, body, keepalive } = init
    const origin = url.split('/', 3).join()
    const packed = takes[origin] && typeof body === 'string' && body.length > least && !keepalive ? await gzip(body) : undefined
    const answer = await fetch(url, packed ? Object.assign({}, init, { headers: Object.assign({ 'content-encoding': 'gzip' }, headers), body: packed }) : init)
    takes[origin] = /gzip/.test(answer.headers.get('accept-encoding') || '')
    return answer
  }
}

/** The text in gzip (RFC 1952), or undefined where the host has no CompressionStream (Safari before 16.4, Chrome before 80). */
async function gzip(text: string): Promise<Uint8Array | undefined> {
  if (typeof CompressionStream === 'undefined') return undefined
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}
