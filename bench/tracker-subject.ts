import { build } from 'esbuild'
import { root } from '../scripts/repository'
import { installPeers, properties } from './tracker-peers'

/** A tracker whose cost is measured: code of a page that leaves `open(collector)` behind, which answers `put(n)`. */
export interface TrackerSubject {
  readonly name: string
  readonly code: string
}

/** Ours as the web preset puts it together, consent given: `brand` tells queues apart. */
const own: TrackerSubject = {
  name: 'omokit',
  code: `
    import { createClock } from '@omokit/core'
    import { createOutbox } from '@omokit/core/outbox'
    import { createWebPorts } from '@omokit/core/web'
    import { createTracker } from '@omokit/tracker'
    const properties = ${properties}
    const outboxes = {}
    const open = (hub, brand = 'bench', limits = {}) => {
      const ports = createWebPorts({ brand })
      const clock = createClock({ time: ports.time, kv: ports.kv })
      const outbox = (outboxes[brand] = createOutbox({ ports, clock, hub, key: 'pk_test_bench_0', limits }))
      outbox.start()
      const tracker = createTracker({ outbox, clock, who: () => ({ anonId: 'k3jf83jd83jf83jd' }), may: () => true, granted: () => ['analytics'], kv: ports.kv })
      return (n) => tracker.track('Product Viewed', properties(n))
    }`,
}

/** Ours and the two peers a tracker's cost is told beside. */
export async function trackerSubjects(): Promise<{ readonly own: TrackerSubject; readonly peers: readonly TrackerSubject[]; readonly missing: string }> {
  const { peers, missing } = await installPeers(['@amplitude/analytics-browser', '@snowplow/browser-tracker'])
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
