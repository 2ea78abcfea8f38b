import type { StreamHandlers } from '../ports'

/**
 * Server-sent events (WHATWG HTML §9.2) over a streamed `fetch`: EventSource delivers only events whose names are known
 * beforehand, and reconnects by itself.
 */
export function openEventStream(url: string, on: StreamHandlers): () => void {
  const abort = new AbortController()
  let open = true
  const end = (): void => {
    open = false
    abort.abort()
  }
  const run = async (): Promise<void> => {
    const { ok, body } = await fetch(url, { headers: { accept: 'text/event-stream' }, credentials: 'omit', cache: 'no-store', signal: abort.signal })
    if (!ok || !body || !open) return
    if (on.onOpen) on.onOpen()
    const reader = body.getReader()
    const decoder = new TextDecoder()
    const feed = eventParser((event) => open && on.onEvent(event))
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      feed(decoder.decode(value, { stream: true }))
    }
  }
  const failed = (): void => {
    if (!open) return
    end()
    on.onError()
  }
  run().then(failed, failed)
  return end
}

/** Takes text in any pieces and calls `emit` at each blank line that closes an event with data. */
export function eventParser(emit: StreamHandlers['onEvent']): (piece: string) => void {
  let rest = ''
  let id = ''
  let type = ''
  let data: string[] = []
  return (piece) => {
    // a lone \r at the end may be the first half of \r\n: leave it for the next piece
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() as string
    lines.forEach((line) => {
      if (!line) {
        if (data.length) emit({ type: type || 'message', id, data: data.join('\n') })
        type = ''
        data = []
        return
      }
      const [field, value = ''] = line.split(/: ?([\s\S]*)/)
      if (field === 'data') data.push(value)
      else if (field === 'event') type = value
      else if (field === 'id') id = value
    })
  }
}
