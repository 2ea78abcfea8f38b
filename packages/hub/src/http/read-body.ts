import { accept, refuse, type Result } from '@omokit/core'

/** Reads a body as strict UTF-8, refusing it as `too-large` before more than `maxBytes` are held, whatever content-length says. */
export async function readBody(request: Request, maxBytes: number): Promise<Result<string>> {
  const stated = Number(request.headers.get('content-length') ?? 0)
  if (stated > maxBytes) return refuse('too-large', { have: stated, need: maxBytes })
  const reader = request.body?.getReader()
  if (!reader) return accept('')
  const parts: Uint8Array[] = []
  let bytes = 0
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
  try {
    return accept(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts)))
  } catch {
    return refuse('malformed', { have: 'not UTF-8' })
  }
}
