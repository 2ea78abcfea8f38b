// Runs inside Chromium: bundled and served by web.chromium.test.ts.
import { createSlimClock } from '@omokit/core'
import type { Ports } from '@omokit/core'
import { createOutbox } from '@omokit/core/outbox'
import { contracts } from '@omokit/core/testing'
import type { PortHarness } from '@omokit/core/testing'
import { createWebPorts } from '@omokit/core/web'

/** What the page gives to the test that drives it. */
export interface WebPage {
  readonly createWebPorts: typeof createWebPorts
  contractNames(): string[]
  /** "" or the reason why the case failed. */
  runContract(name: string, quota?: number): Promise<string>
  /** Appends so many facts of about 340 bytes in this task, as one call each; awaits them or not. */
  burst(brand: string, count: number, wait: boolean): Promise<number>
  survivors(brand: string): Promise<number[]>
  /** Appends so many facts in this task through an outbox that has opened nothing yet. */
  firstTask(brand: string, count: number): void
  /** What an outbox finds of them: streams, and the numbers `n` of the facts in each. */
  found(brand: string): Promise<number[][]>
  journalled(brand: string): number
}

declare global {
  interface Window extends WebPage {
    /** Given by the test: overrides the origin's quota, or takes the override off. */
    setQuota(bytes: number | null): Promise<void>
  }
}

let cases = 0

/** Each context is a frame of its own, so that globals, connections and locks are as separate as between tabs. */
async function makeHarness(quota?: number): Promise<PortHarness> {
  const home = `case ${++cases} `
  if (quota) await window.setQuota(quota)
  let frames: HTMLIFrameElement[] = []
  const spare: HTMLIFrameElement[] = []
  const load = async (): Promise<void> => {
    const frame = document.createElement('iframe')
    frame.src = '/frame'
    const loaded = new Promise((resolve) => (frame.onload = resolve))
    document.body.append(frame)
    await loaded
    spare.push(frame)
  }
  const open = ({ brand = 'demo', instance = 'main' } = {}): Ports => {
    const frame = spare.pop() ?? (frames[0] as HTMLIFrameElement)
    frames.push(frame)
    return (frame.contentWindow as Window).createWebPorts({ brand: home + brand, instance })
  }
  const windowOf = (): Window => frames[0]?.contentWindow as Window
  for (let i = 0; i < 3; i++) await load()
  return {
    open,
    async restart() {
      frames.forEach((frame) => frame.remove())
      frames = []
      await load()
      return open()
    },
    url: `${location.origin}/contract`,
    // Chromium remembers how much room there was: the quota must be set before the first write
    ...(quota && { fill: async () => () => window.setQuota(null) }),
    world: {
      hide: () => void windowOf().dispatchEvent(new Event('pagehide')),
      show: () => void windowOf().dispatchEvent(new Event('pageshow')),
      online: (_, online) => void windowOf().dispatchEvent(new Event(online ? 'online' : 'offline')),
    },
  }
}

const named = Object.entries(contracts).flatMap(([port, list]) => list.map((each) => ({ name: `${port}: ${each.name}`, run: each.run })))

const page: WebPage = {
  createWebPorts,
  contractNames: () => named.map(({ name }) => name),
  async runContract(name, quota) {
    try {
      await named.find((each) => each.name === name)?.run(await makeHarness(quota))
      return ''
    } catch (error) {
      return String(error)
    } finally {
      document.querySelectorAll('iframe').forEach((frame) => frame.remove())
    }
  },
  async burst(brand, count, wait) {
    const log = createWebPorts({ brand }).log.open('s')
    const stored: Promise<void>[] = []
    const start = performance.now()
    for (let i = 1; i <= count; i++) stored.push(log.append(i, [JSON.stringify({ seq: i, kind: 'Product Viewed', body: { text: 'x'.repeat(280) } })]))
    const spent = performance.now() - start
    if (wait) await Promise.all(stored)
    return spent
  },
  firstTask(brand, count) {
    const ports = createWebPorts({ brand })
    const outbox = createOutbox({ ports, clock: createSlimClock(ports), hub: 'http://127.0.0.1:9', key: 'pk_test' })
    outbox.start()
    for (let n = 1; n <= count; n++) outbox.append({ kind: 'Product Viewed', body: { n, text: 'x'.repeat(280) } }).catch(() => {})
  },
  async found(brand) {
    const { log } = createWebPorts({ brand })
    const streams: number[][] = []
    for (const id of await log.list())
      streams.push((await log.open(id).read(1, 1e6, 1e9)).map(({ text }) => (JSON.parse(text) as { body: { n: number } }).body.n))
    return streams
  },
  survivors: async (brand) => (await createWebPorts({ brand }).log.open('s').read(1, 1e6, 1e9)).map(({ seq }) => seq),
  journalled: (brand) => Object.keys(localStorage).filter((key) => key.startsWith(`omokit:${brand}:`)).length,
}
Object.assign(window, page)
