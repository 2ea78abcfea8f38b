import { build } from 'esbuild'
import { root } from '../scripts/repository'
import { installPeers, properties } from './tracker-peers'

/** A tracker whose cost is measured: code of a page that leaves `open(collector)` behind, which answers `put(n)`. */
export interface TrackerSubject {
  readonly name: string
  readonly code: string
}

/** Both ways out of a page: what each page makes, and how many it still queues. */
const ownCodes = {
  'omokit, all lanes': `
    import { createClock } from '@omokit/core'
    import { createOutbox } from '@omokit/core/outbox'
    import { createWebPorts } from '@omokit/core/web'
    const make = (options, brand) => {
      const ports = createWebPorts({ brand })
      const clock = createClock(ports)
      const outbox = createOutbox({ ports, clock, ...options })
      return { ports, clock, outbox, pending: async () => (await outbox.stats()).pending }
    }`,
  'omokit, page of events': `
    import { createSlimClock } from '@omokit/core'
    import { createPageOutbox, createPagePorts } from '@omokit/core/page'
    const make = (options, brand) => {
      const ports = createPagePorts({ brand })
      const clock = createSlimClock(ports)
      const outbox = createPageOutbox({ ports, clock, ...options })
      return { ports, clock, outbox, pending: async () => (await ports.records.count())[0] }
    }`,
}

/** Ours as a page puts it together, consent given: `brand` tells queues apart. */
const own: readonly TrackerSubject[] = Object.entries(ownCodes).map(([name, code]) => ({
  name,
  code: `${code}
    import { createTracker } from '@omokit/tracker'
    const properties = ${properties}
    const opened = {}
    const open = (hub, brand = '${name}', limits = {}) => {
      const { ports, clock, outbox } = (opened[brand] = make({ hub, key: 'pk_test_bench_0', limits }, brand))
      outbox.start()
      const tracker = createTracker({ outbox, clock, who: () => ({ anonId: 'k3jf83jd83jf83jd' }), may: () => true, granted: () => ['analytics'], kv: ports.kv })
      return (n) => tracker.track('Product Viewed', properties(n))
    }`,
}))

/** Ours and, unless ours alone are asked for, the two peers a tracker's cost is told beside. */
export async function trackerSubjects(alone: boolean): Promise<{
  readonly own: readonly TrackerSubject[]
  readonly peers: readonly TrackerSubject[]
  readonly missing: string
}> {
  const { peers, missing } = await installPeers(alone ? [] : ['@amplitude/analytics-browser', '@snowplow/browser-tracker'])
  return { own, peers: peers.map(({ name, version, code }) => ({ name: `${name}@${version}`, code })), missing }
}

/** The code as a browser gets it, as one file, with `globalThis.bench = { NAME }` as its only effect. */
export async function bundled({ code }: TrackerSubject, names: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `${code}\nglobalThis.bench = { ${names} }`, resolveDir: root },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    platform: 'browser',
    conditions: ['@omokit/source'],
    logLevel: 'silent',
  })
  return outputFiles[0]?.text as string
}
