import { claim, rejects, same, until } from './claim'
import type { ContractCase } from './harness'

/** Contract of the `net` port; the server side is `contractAnswer`. */
export const netContract: readonly ContractCase[] = [
  {
    name: 'every status resolves, as a number',
    async run({ open, url }) {
      const { net } = open()
      for (const status of [200, 201, 400, 401, 404, 409, 413, 429, 500, 503]) {
        const answer = await net.send({ url: `${url}/status/${status}`, method: 'GET' })
        same(answer.status, status, 'status')
        same(answer.text, `status ${status}`, 'text')
      }
    },
  },
  {
    name: 'method, headers and UTF-8 body arrive',
    async run({ open, url }) {
      const { net } = open()
      for (const method of ['POST', 'PUT', 'DELETE'] as const) {
        const body = method === 'DELETE' ? undefined : '{"text":"再买 12.00 元可减 😀"}'
        const answer = await net.send({
          url: `${url}/echo`,
          method,
          headers: { authorization: 'Bearer pk_test_x', 'content-type': 'application/json', 'Omokit-Member': 'm' },
          ...(body && { body }),
        })
        const echo = JSON.parse(answer.text) as { method: string; headers: Record<string, string>; body: string; bytes: number }
        same([echo.method, echo.body], [method, body || ''], 'method and body')
        same([echo.headers['authorization'], echo.headers['omokit-member']], ['Bearer pk_test_x', 'm'], 'headers')
        if (body) same(echo.bytes, 38, 'bytes of the body')
        claim(!echo.headers['cookie'], 'no cookie is sent')
      }
    },
  },
  {
    name: 'answer headers come in lower case, the text as UTF-8',
    async run({ open, url }) {
      const answer = await open().net.send({ url: `${url}/headers`, method: 'GET' })
      same([answer.headers['retry-after'], answer.headers['etag'], answer.text], ['7', '"42"', '满三百减五十'], 'answer')
    },
  },
  {
    name: 'no answer in time rejects with timeout',
    async run({ open, url }) {
      await rejects(open().net.send({ url: `${url}/slow`, method: 'GET', timeoutMs: 150 }), 'timeout', 'slow server')
    },
  },
  {
    name: 'half an answer, a cut connection and a refused one reject with unavailable',
    async run({ open, url }) {
      const { net } = open()
      await rejects(net.send({ url: `${url}/cut`, method: 'GET' }), 'unavailable', 'cut connection')
      await rejects(net.send({ url: `${url}/half`, method: 'GET' }), 'unavailable', 'half an answer')
      await rejects(net.send({ url: 'http://127.0.0.1:9/', method: 'GET', timeoutMs: 5_000 }), 'unavailable', 'refused connection')
    },
  },
  {
    name: 'a keepalive request of 60,000 bytes arrives',
    async run({ open, url }) {
      const answer = await open().net.send({ url: `${url}/echo`, method: 'POST', body: 'x'.repeat(60_000), keepalive: true })
      same((JSON.parse(answer.text) as { bytes: number }).bytes, 60_000, 'bytes')
    },
  },
  {
    name: 'server-sent events arrive with type, id and data, also when cut into pieces, and the end is an error',
    async run({ open, url }) {
      const { net } = open()
      if (!net.stream) return
      const seen: unknown[] = []
      let state = ''
      net.stream(`${url}/events?since=3`, {
        onOpen: () => void (state += 'open '),
        onEvent: (event) => void seen.push(event),
        onError: () => void (state += 'error '),
      })
      await until(() => state === 'open error ', 'the stream opens and ends')
      same(
        seen,
        [
          { type: 'd', id: '4', data: '第一行\n第二行' },
          { type: 'n', id: '4', data: '' },
          { type: 'message', id: '5', data: '{"a":1}' },
          { type: 'x-name', id: '5', data: ' two blanks' },
        ],
        'events',
      )
    },
  },
  {
    name: 'a refused stream is an error, and a closed one is silent',
    async run({ open, url }) {
      const { net } = open()
      if (!net.stream) return
      let errors = 0
      net.stream(`${url}/status/503`, { onEvent: () => {}, onError: () => void errors++ })
      await until(() => errors === 1, 'a refused stream tells')
      let calls = 0
      const close = net.stream(`${url}/events?since=3`, { onEvent: () => void calls++, onError: () => void calls++ })
      close()
      await net.send({ url: `${url}/status/200`, method: 'GET' })
      same([errors, calls], [1, 0], 'calls after close')
    },
  },
]
