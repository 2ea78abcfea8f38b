import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../scripts/repository'

/** A tracker of the field in the same harness. */
export interface Peer {
  readonly name: string
  readonly version: string
  /**
   * Code that leaves `open(collector)` behind, which begins the tracker on a collector and answers `put(n)`, the recording of
   * event `n`. Default options but for the address, without automatic capture.
   */
  readonly code: string
}

const folder = join(root, '.cache/bench-peers')

/** The text an event carries, to be found again in any request and any storage. */
export const markOf = (n: number): string => `mark-${n}-`

/** Each event looks alike: seven properties. */
export const properties = `(n) => ({ mark: 'mark-' + n + '-', sku: '69010000' + n, name: '可口可乐 330ml', price: 350, currency: 'CNY', list: 'spring', position: n % 40 })`

const field = [
  {
    name: '@snowplow/browser-tracker',
    version: '4.10.1',
    // base64 is off so that its events can be found
    code: (path: string) => `
      import { newTracker, trackSelfDescribingEvent } from '${path}'
      const properties = ${properties}
      const open = (collector) => {
        newTracker('sp', collector, { appId: 'bench', encodeBase64: false })
        return (n) => trackSelfDescribingEvent({ event: { schema: 'iglu:com.acme/product_viewed/jsonschema/1-0-0', data: properties(n) } })
      }`,
  },
  {
    name: '@amplitude/analytics-browser',
    version: '2.47.1',
    code: (path: string) => `
      import { init, track } from '${path}'
      const properties = ${properties}
      const open = (collector) => {
        init('0123456789abcdef0123456789abcdef', undefined, { serverUrl: collector + '/2/httpapi', autocapture: false, fetchRemoteConfig: false })
        return (n) => void track('Product Viewed', properties(n))
      }`,
  },
  {
    name: 'mixpanel-browser',
    version: '2.83.0',
    code: (path: string) => `
      import mixpanel from '${path}/src/loaders/loader-module-core.js'
      const properties = ${properties}
      const open = (collector) => {
        mixpanel.init('0123456789abcdef0123456789abcdef', { api_host: collector, autocapture: false, track_pageview: false })
        return (n) => mixpanel.track('Product Viewed', properties(n))
      }`,
  },
] as const

/**
 * The peers of those names, installed once into `.cache`, never among the repository's own dependencies. Without the
 * registry: none, and `missing` says why.
 */
export async function installPeers(
  names: readonly string[] = field.map(({ name }) => name),
): Promise<{ readonly peers: readonly Peer[]; readonly missing: string }> {
  const wanted = field.filter(({ name }) => names.includes(name))
  const absent = wanted.filter(({ name, version }) => installed(name) !== version)
  let missing = ''
  if (absent.length) {
    mkdirSync(folder, { recursive: true })
    if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{"name":"bench-peers","private":true}\n')
    const command = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...wanted.map(({ name, version }) => `${name}@${version}`)]
    try {
      await promisify(execFile)('npm', command, { cwd: folder, timeout: 120_000 })
    } catch (error) {
      const [line = 'npm failed'] = String((error as { stderr?: unknown }).stderr ?? error).split('\n')
      missing = `not installed: ${line.trim()}`
    }
  }
  return {
    peers: wanted
      .filter(({ name, version }) => installed(name) === version)
      .map(({ name, version, code }) => ({ name, version, code: code(join(folder, 'node_modules', name)) })),
    missing,
  }
}

function installed(name: string): string | undefined {
  const file = join(folder, 'node_modules', name, 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined
}
