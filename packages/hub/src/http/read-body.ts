import { accept, refuse, type Result } from '@omokit/core'

/**
 * Reads a body as strict UTF-8, refusing it as `too-large` before more than `maxBytes` are held, whatever content-length
 * says and however small it was made: gzip is unpacked on the way (`content-encoding`), and what counts is what comes out.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Result<string>> {
  const stated = Number(request.headers.get('content-length') ?? 0)
  if (stated > maxBytes) return refuse('too-large', { have: stated, need: maxBytes })
  const coding = request.headers.get('content-encoding') ?? 'identity'
  if (coding !== 'identity' && coding !== 'gzip') return refuse('malformed', { path: 'content-encoding', have: coding, need: 'gzip' })
  const body = coding === 'gzip' ? request.body?.pipeThrough(new DecompressionStream('gzip')) : request.body
  const reader = body?.getReader()
  if (!reader) return accept('')
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      bytes += value.length
      if (bytes > maxBytes) {
        await reader.cancel()
        return refuse('too-large', { have: bytes, need: maxBytes })
      }
      parts.push(value)
    }
  } catch (error) {
    if (coding === 'gzip') return refuse('malformed', { have: 'not gzip' })
    throw error
  }
  try {
    return accept(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts)))
  } catch {
    return refuse('malformed', { have: 'not UTF-8' })
  }
}
