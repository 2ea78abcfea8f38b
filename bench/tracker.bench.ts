import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleAndServe, launchChromium, noChromium, type Chromium } from '../scripts/chromium/launch'
import { root } from '../scripts/repository'
import { startCollector, type Collector } from './delivery-collector'
import { bundled, trackerSubjects, type TrackerSubject } from './tracker-subject'

interface Figure {
  readonly id: string
  readonly value: number
  readonly samples: number
  readonly against: string
}

const bursts = 9
const depth = 50_000
const depthBursts = 10
const depthBurst = 200

/** What recording an event costs the page that does it, with either of our outboxes: a figure is of the worse one. With `--ours` no peer is run. */
export async function bench(args: readonly string[] = []): Promise<readonly Figure[]> {
  if (noChromium) throw new Error(`the tracker bench needs Chromium${noChromium}`)
  const { own, peers, missing } = await trackerSubjects(args.includes('--ours'))
  const figures: Figure[] = []

  const micros = await inNode([...own, ...peers])
  const cost = (name: string): number => Math.max(...micros.filter((one) => one.name.startsWith(name)).map((one) => one.micros))
  const told = micros
    .map(({ name, micros }) => `${name} ${micros.toFixed(1)} µs`)
    .concat(missing || [])
    .join(', ')
  // without Amplitude there is nothing to compare with: not measured
  if (cost('@amplitude') > 0)
    figures.push({ id: 'tracker.syncVsAmplitude', value: cost('omokit') / cost('@amplitude'), samples: 9 * own.length, against: told })

  const collector = await startCollector(async () => ({ status: 500, text: '' }))
  await collector.fail('500')
  const browser = await launchChromium()
  try {
    const depths: Awaited<ReturnType<typeof depthRatio>>[] = []
    for (const one of own) depths.push(await depthRatio(browser, collector, one))
    figures.push({
      id: 'tracker.depthRatio',
      value: Math.max(...depths.map(({ ratio }) => ratio)),
      samples: depthBursts * own.length,
      against: `in Chromium, until stored; ${depths.map(({ against }) => against).join('; ')}`,
    })
    const held = await burstsOf(browser, collector, [...own, ...peers])
    figures.push({
      id: 'tracker.burstMs',
      value: Math.max(...held.slice(0, own.length).map(({ ms }) => ms)),
      samples: bursts * own.length,
      against: held
        .map(({ name, ms, later }) => `${name} ${ms.toFixed(0)} ms, long tasks in the 3 s after ${later.toFixed(0)} ms`)
        .concat(missing || [])
        .join('; '),
    })
  } finally {
    await browser.close()
    await collector.close()
  }
  return figures
}

/** Microseconds of one call inside the loop: Node, happy-dom, fake-indexeddb, no network; all in one process, in turns. */
async function inNode(subjects: readonly TrackerSubject[]): Promise<readonly { readonly name: string; readonly micros: number }[]> {
  const folder = join(root, '.cache/bench-tracker')
  mkdirSync(folder, { recursive: true })
  const files = await Promise.all(
    subjects.map(async (subject, i) => {
      const file = join(folder, `${i}.js`)
      writeFileSync(file, await bundled(subject, 'open'))
      return `${subject.name}=${file}`
    }),
  )
  const script = join(root, 'bench/tracker-in-node.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...files], { cwd: root, timeout: 300_000 })
  return JSON.parse(stdout) as { name: string; micros: number }[]
}

/** Milliseconds from the first of 1,000 calls until the page's next task, medians over fresh pages that take turns; the collector answers 500. */
async function burstsOf(
  browser: Chromium,
  collector: Collector,
  subjects: readonly TrackerSubject[],
): Promise<readonly { name: string; ms: number; later: number }[]> {
  const served = await Promise.all(subjects.map(({ code }) => bundleAndServe({ code: code + measureBurst })))
  const times = subjects.map(({ name }) => ({ name, ms: [] as number[], later: [] as number[] }))
  try {
    for (let round = 0; round < bursts; round++)
      for (const [i, one] of times.entries()) {
        const page = await browser.context.newPage()
        await page.goto(served[i]?.url as string)
        const { ms, later } = (await page.evaluate(`bench.burst(${JSON.stringify(collector.url)})`)) as { ms: number; later: number }
        one.ms.push(ms)
        one.later.push(later)
        await page.close()
      }
  } finally {
    for (const one of served) await one.close()
  }
  return times.map(({ name, ms, later }) => ({ name, ms: median(ms), later: median(later) }))
}

const measureBurst = `
  globalThis.bench = {
    async burst(collector) {
      const rest = (ms) => new Promise((next) => setTimeout(next, ms))
      const put = open(collector)
      await put(0)
      await rest(500)
      let later = 0
      const start = performance.now()
      for (let n = 1; n <= 1000; n++) put(n)
      // what hangs on promises runs before the next task
      const ms = await new Promise((next) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => next(performance.now() - start)
        port2.postMessage(0)
      })
      new PerformanceObserver((list) => list.getEntries().forEach(({ startTime, duration }) => { if (startTime > start + ms - 1) later += duration })).observe({ type: 'longtask', buffered: true })
      await rest(3000)
      return { ms, later }
    },
  }`

/**
 * Time per call until stored, in bursts of 200 in turns on a queue of nearly 50,000 and on an empty one, over the same page.
 * The last burst ends below 50,000, where the quota begins to let facts go.
 */
async function depthRatio(browser: Chromium, collector: Collector, own: TrackerSubject): Promise<{ readonly ratio: number; readonly against: string }> {
  const served = await bundleAndServe({ code: own.code + measureDepth })
  try {
    const page = await browser.context.newPage()
    await page.goto(served.url)
    const fill = depth - depthBursts * depthBurst - 100
    const args = [collector.url, fill, depthBursts, depthBurst].map((arg) => JSON.stringify(arg)).join(', ')
    const { deep, flat, held } = (await page.evaluate(`bench.depth(${args})`)) as { deep: Burst[]; flat: Burst[]; held: number }
    await page.close()
    if (held < fill + depthBursts * depthBurst) throw new Error(`the deep queue holds ${held} facts only`)
    const ratio = (of: keyof Burst): number => median(deep.map((one) => one[of])) / median(flat.map((one) => one[of]))
    const micros = (list: readonly Burst[]): string => ((median(list.map(({ stored }) => stored)) * 1000) / depthBurst).toFixed(0)
    return {
      ratio: ratio('stored'),
      against: `${own.name} ${ratio('stored').toFixed(2)}: ${micros(deep)} µs at a depth of ${fill} to ${held}, ${micros(flat)} µs on an empty queue; inside the loop alone ${ratio('sync').toFixed(2)}`,
    }
  } finally {
    await served.close()
  }
}

/** Milliseconds of a burst inside the loop and until all is stored. */
interface Burst {
  readonly sync: number
  readonly stored: number
}

const measureDepth = `
  globalThis.bench = {
    async depth(collector, fill, rounds, size) {
      const rest = (ms) => new Promise((next) => setTimeout(next, ms))
      const burst = async (put) => {
        const start = performance.now()
        const done = []
        for (let n = 0; n < size; n++) done.push(put(n))
        const sync = performance.now() - start
        await Promise.all(done)
        return { sync, stored: performance.now() - start }
      }
      // 50,000 events of this size are more than the default quota in bytes
      const limits = { observeBytes: 40_000_000 }
      const put = open(collector, 'deep', limits)
      // until the session is read the tracker holds a hundred calls and no more
      await put(0)
      for (let from = 1; from < fill; from += 500) {
        const done = []
        for (let n = from; n < Math.min(fill, from + 500); n++) done.push(put(n))
        await Promise.all(done)
        // as an idle page does it: the journal is swept
        await rest(20)
      }
      await rest(2000)
      const deep = []
      const flat = []
      for (let round = 0; round < rounds; round++) {
        deep.push(await burst(put))
        await rest(300)
        const brand = 'flat' + round
        const fresh = open(collector, brand, limits)
        await fresh(0)
        await rest(300)
        flat.push(await burst(fresh))
        await rest(300)
        await opened[brand].outbox.stop()
      }
      return { deep, flat, held: await opened.deep.pending() }
    },
  }`

const median = (list: readonly number[]): number => list.slice().sort((a, b) => a - b)[list.length >> 1] as number
