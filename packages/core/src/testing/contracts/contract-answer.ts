/** A request to the contract server. */
export interface ContractRequest {
  readonly method: string
  /** Path and query below the base URL. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Bytes of the body as they came. */
  readonly bytes: number
}

/** What the contract server does. */
export interface ContractAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Written one by one, each flushed. UTF-8. */
  readonly pieces: readonly string[]
  /** Milliseconds before the head. */
  readonly delay?: number
  /** Then: end the answer, cut the connection before any byte, or cut it in the middle of a longer body. */
  readonly end: 'end' | 'cut' | 'half'
}

/** The server side of the `net` contract as a pure function: any HTTP server can wear it. */
export function contractAnswer({ method, path, headers, body, bytes }: ContractRequest): ContractAnswer {
  const text = (content: string, status = 200, more: Record<string, string> = {}): ContractAnswer => ({
    status,
    pieces: [content],
    end: 'end',
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...more },
  })
  const [, first, second] = (path.split('?')[0] as string).split('/')
  if (first === 'status') return text(`status ${second}`, Number(second))
  if (first === 'echo') return text(JSON.stringify({ method, headers, body, bytes }))
  if (first === 'headers') return text('满三百减五十', 200, { 'Retry-After': '7', ETag: '"42"' })
  if (first === 'slow') return { ...text('late'), delay: 3_000 }
  if (first === 'cut') return { ...text(''), end: 'cut' }
  if (first === 'half') return { ...text('half'), end: 'half' }
  if (first === 'events') return { ...text('', 200, { 'content-type': 'text/event-stream' }), pieces: events }
  return text('not here', 404)
}

const events = [
  ': a comment\n\n',
  'event: d\nid: 4\nda',
  'ta: 第一行\r',
  '\ndata: 第二行\n',
  '\n',
  'event: n\ndata\n\n',
  'event: nothing\n\n',
  'id:5\nretry: 1\ndata: {"a":1}\n\n',
  'event: x-name\ndata:  two blanks\n\n',
  'data: never ended',
]
