import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fetchNet } from '../src/web/fetch-net'
import { gzipBodies } from '../src/web/gzip'

describe('compression of requests', () => {
  let server: Server
  let url: string
  /** What came: its coding, its bytes on the wire and its text. */
  let seen: { coding: string | undefined; bytes: number; text: string }[]
  let takes: boolean

  beforeEach(async () => {
    seen = []
    takes = true
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks)
      const coding = request.headers['content-encoding']
      seen.push({ coding, bytes: body.length, text: (coding === 'gzip' ? gunzipSync(body) : body).toString() })
      response.writeHead(200, takes ? { 'accept-encoding': 'gzip' } : {}).end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/facts`
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    server.close()
    server.closeAllConnections()
  })

  const long = JSON.stringify(Array.from({ length: 200 }, (_, n) => ({ kind: 'Product Viewed', body: { sku: '可乐', n } })))

  it('begins once the server said that it takes gzip, and spares short bodies and last words', async () => {
    const net = fetchNet(gzipBodies())
    const post = (body: string, keepalive = false) => net.send({ url, method: 'POST', body, keepalive })
    await post(long)
    await post(long)
    await post('{"short":true}')
    await post(long, true)
    expect(seen.map(({ coding }) => coding)).toEqual([undefined, 'gzip', undefined, undefined])
    expect(seen.map(({ text }) => text)).toEqual([long, long, '{"short":true}', long])
    expect((seen[1]?.bytes ?? 0) * 5).toBeLessThan(seen[0]?.bytes ?? 0)
  })

  it('stops when the server no longer says so', async () => {
    const net = fetchNet(gzipBodies())
    for (const now of [true, false, false]) {
      takes = now
      await net.send({ url, method: 'POST', body: long })
    }
    expect(seen.map(({ coding }) => coding)).toEqual([undefined, 'gzip', undefined])
  })

  it('is left out where the host cannot, and in the slim ports', async () => {
    for (const net of [fetchNet(), fetchNet(gzipBodies())]) {
      if (seen.length) vi.stubGlobal('CompressionStream', undefined)
      await net.send({ url, method: 'POST', body: long })
      await net.send({ url, method: 'POST', body: long })
    }
    expect(seen.map(({ coding }) => coding)).toEqual([undefined, undefined, undefined, undefined])
    expect(seen.every(({ text }) => text === long)).toBe(true)
  })
})
