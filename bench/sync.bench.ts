import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hash } from '@omokit/core'
import type { Clock, Crypto, Result } from '@omokit/core'
import { applyRows, bookRoot, buildBook, buildRelease, createReleaseStore, deltaOf, pack, signHeader } from '@omokit/core/documents'
import type { Book, ReleaseTexts, Row, Signer, SigningKey } from '@omokit/core/documents'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import { build } from 'esbuild'

/** One figure, as `npm run bench` prints it. */
interface Figure {
  readonly id: string
  readonly value: number
  readonly samples: number
  readonly against: string
}

const articles = 10_000
const pair = generateKeyPairSync('ed25519')
const signer: Signer = (message) => Promise.resolve(new Uint8Array(sign(null, message, pair.privateKey)))
const key: SigningKey = { kid: 'k7', key: pair.publicKey.export({ format: 'jwk' }).x as string, state: 'active' }
const crypto: Crypto = {
  verify: (raw, signature, message) =>
    Promise.resolve(
      verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') }, format: 'jwk' }), signature),
    ),
  sha256: (bytes) => Promise.resolve(bytes),
}

/** 60 % EAN-13, 40 % style-colour-size codes; 40 % with a list price, 10 % with an end. */
const rows: readonly Row[] = Array.from({ length: articles }, (_, i): Row => {
  const sku = i % 5 < 3 ? `69${String(10_000_000_000 + i * 7919)}` : `ST${10_000 + i}-RED-M${i % 10}`
  const price = 990 + ((i * 37) % 9000)
  return i % 10 === 0 ? [sku, price, price + 500, 1_795_900_000 + i] : i % 5 < 2 ? [sku, price, price + 500] : [sku, price]
})

const times = { validFrom: 1_795_334_400, refreshAfter: 1_795_338_000, expiresAt: 1_795_939_200 }

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}

/** The release after `from` with one row changed, without building its 10,000 rows again. */
async function edited(from: ReleaseTexts, row: Row): Promise<ReleaseTexts> {
  const book = value(applyRows(from.books['price/base'] as Book, 'price', [JSON.stringify(row)]))
  const release = value(buildBook([['price/base', bookRoot(book)]], 'release'))
  const { header, text } = from.signed
  const signed = value(await signHeader({ ...header, version: header.version + 1, rootHash: bookRoot(release), prev: hash('head', text) }, signer))
  return { signed, release, books: { 'price/base': book } }
}

/** Signed releases: bytes on the wire, time to apply without a JIT, characters written. */
export async function bench(): Promise<Figure[]> {
  const first = value(await buildRelease({ brand: 'acme', version: 1041, kid: 'k7', books: { 'price/base': rows }, ...times }, signer))
  const base = await edited(first, [(rows[0] as Row)[0], 7100])
  const next = await edited(base, [(rows[4321] as Row)[0], 7101, 9460])
  const message = value(deltaOf(base, next))
  const event = `id: 1043\nevent: d\ndata: ${message.split('\n').join('\ndata: ')}\n\n`
  return [
    { id: 'sync.deltaBytes', value: Buffer.byteLength(event), samples: 1, against: `one row of ${articles}, uncompressed` },
    await reconnect(),
    await applyWithoutJit(base, message),
    await written(base),
  ]
}

/** A poll when current, byte by byte on a socket: the request a browser sends, the hub's 304. */
async function reconnect(): Promise<Figure> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(request.headers['if-none-match'] === '"1043"' ? 304 : 500, { etag: '"1043"' })
    response.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const request = [
    'GET /v1/releases/delta?from=1043&store=sh-0042 HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: close',
    'sec-ch-ua-platform: "Linux"',
    'Authorization: Bearer pk_live_acme_0123456789abcdefghijklmn',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
    'If-None-Match: "1043"',
    'sec-ch-ua: "Chromium";v="150", "Not-A.Brand";v="8"',
    'sec-ch-ua-mobile: ?0',
    'Accept: */*',
    'Origin: https://www.example.com',
    'Sec-Fetch-Site: cross-site',
    'Sec-Fetch-Mode: cors',
    'Sec-Fetch-Dest: empty',
    'Referer: https://www.example.com/',
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Accept-Language: zh-CN,zh;q=0.9',
    '',
    '',
  ].join('\r\n')
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject)
  })
  await new Promise((done) => server.close(done))
  if (!answer.toString().startsWith('HTTP/1.1 304')) throw new Error('the poll was not answered 304')
  return {
    id: 'sync.reconnectBytes',
    value: Buffer.byteLength(request) + answer.length,
    samples: 1,
    against: 'poll over HTTP/1.1 with the headers of Chromium',
  }
}

/** Splices one row into 10,000 under `node --jitless`, from a bundle as a mini-program would carry it. */
async function applyWithoutJit(base: ReleaseTexts, message: string): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'omokit-sync-'))
  const samples = 31
  try {
    const outfile = join(folder, 'apply.cjs')
    const contents = `
      import { applyDelta, readDelta, unpack } from '@omokit/core/documents'
      const base = unpack(${JSON.stringify(pack(base))}).value
      const text = ${JSON.stringify(message)}
      const times = []
      for (let i = 0; i < ${samples}; i++) {
        const start = process.hrtime.bigint()
        const applied = applyDelta(base, readDelta(text).value)
        times.push(Number(process.hrtime.bigint() - start) / 1e6)
        if (!applied.ok) throw new Error('the delta did not apply')
      }
      process.stdout.write(String(times.sort((a, b) => a - b)[${samples >> 1}]))`
    const resolveDir = fileURLToPath(new URL('../packages/core', import.meta.url))
    await build({
      stdin: { contents, resolveDir, loader: 'ts' },
      outfile,
      bundle: true,
      minify: true,
      format: 'cjs',
      target: 'es2017',
      platform: 'node',
      conditions: ['@omokit/source'],
      logLevel: 'error',
    })
    const value = Number(execFileSync(process.execPath, ['--jitless', '--no-warnings', outfile], { encoding: 'utf8', env: { PATH: process.env['PATH'] } }))
    return { id: 'sync.applyJitlessMs', value: Math.round(value * 100) / 100, samples, against: 'node --jitless, median, without signature' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Everything written for a long run of one-row deltas, packs of compaction included. */
async function written(base: ReleaseTexts): Promise<Figure> {
  let chars = 0
  const ports = createMemoryPorts({ brand: 'acme', device: createMemoryDevice(), crypto })
  const clock: Clock = {
    read: () => ({ now: 1_795_334_460_000, device: 1_795_334_460_000, mono: 0, source: 'server' }),
    observe: () => undefined,
    floor: () => undefined,
  }
  const kv = {
    ...ports.kv,
    limits: ports.kv.limits,
    set: (name: string, text: string) => {
      chars += text.length
      return ports.kv.set(name, text)
    },
  }
  const store = createReleaseStore({ ports: { ...ports, kv }, clock, keys: [key] })
  await store.load()
  await store.take(pack(base))
  chars = 0
  let samples = 0
  let last = base
  // one whole round: from the first entry of the journal to the pack that folds it
  for (let folded = false; !folded; samples++) {
    const before = chars
    const next = await edited(last, [(rows[(samples * 7907) % articles] as Row)[0], 1000 + samples, 9460])
    value(await store.takeDelta(value(deltaOf(last, next))))
    folded = chars - before > 100_000
    last = next
  }
  return { id: 'sync.charsPerDelta', value: Math.round(chars / samples), samples, against: `${articles} rows, with the packs that fold the journal` }
}
