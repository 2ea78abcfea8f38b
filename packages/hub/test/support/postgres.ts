import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** A Postgres of our own for one test file: a cluster in a temporary folder on a free port, or a fresh database of DATABASE_URL. */
export interface TestPostgres {
  readonly url: string
  /** Another empty database beside the first. */
  fresh(): Promise<string>
  close(): Promise<void>
}

const given = process.env['DATABASE_URL']
const bin = newestBin()

/** Why Postgres tests cannot run here; undefined when they can. */
export const whyNoPostgres: string | undefined = given || bin ? undefined : 'no DATABASE_URL and no Postgres binaries in /usr/lib/postgresql'

/** `durable`: with fsync, for figures that must pay for durability. */
export async function startPostgres(options: { readonly durable?: boolean } = {}): Promise<TestPostgres> {
  const cluster = given ? { url: given, stop: () => undefined } : await startCluster(bin as string, options.durable ?? false)
  const made: string[] = []
  const admin = async (statement: string): Promise<void> => {
    const pool = new pg.Pool({ connectionString: cluster.url, max: 1 })
    // a client of node-postgres takes a plain text
    const client = (await pool.connect()) as unknown as { query(text: string): Promise<unknown>; release(): void }
    try {
      await client.query(statement)
    } finally {
      client.release()
      await pool.end()
    }
  }
  const fresh = async (): Promise<string> => {
    const name = `omokit_test_${randomBytes(6).toString('hex')}`
    await admin(`create database ${name}`)
    made.push(name)
    const url = new URL(cluster.url)
    url.pathname = `/${name}`
    return url.href
  }
  return {
    url: await fresh(),
    fresh,
    async close() {
      if (given) for (const name of made) await admin(`drop database if exists ${name} with (force)`)
      await cluster.stop()
    },
  }
}

function newestBin(): string | undefined {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(root, version, 'bin')).find((path) => existsSync(join(path, 'initdb')))
}

async function startCluster(from: string, durable: boolean): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'omokit-postgres-'))
  const data = join(dir, 'data')
  const port = await freePort()
  // the server refuses to run as root
  const asRoot = process.getuid?.() === 0
  if (asRoot) chownSync(dir, 65_534, 65_534)
  const command = (program: string, args: readonly string[]): [string, string[]] =>
    asRoot ? ['runuser', ['-u', 'nobody', '--', join(from, program), ...args]] : [join(from, program), [...args]]
  const quiet = { stdio: 'ignore', cwd: dir } as const
  execFileSync(...command('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']), quiet)
  // a crash of the machine is not what tests are about
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${dir}`,
    'max_connections=60',
    'shared_buffers=64MB',
    `fsync=${durable ? 'on' : 'off'}`,
  ]
  const server = spawn(...command('postgres', ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]), quiet)
  const ended = new Promise<void>((resolve) => server.on('exit', () => resolve()))
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await untilReady(url)
  return {
    url,
    async stop() {
      execFileSync(...command('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']), quiet)
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    pool.on('error', () => undefined)
    try {
      const client = await pool.connect()
      client.release()
      return
    } catch (error) {
      if (attempt > 800) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    } finally {
      await pool.end()
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
