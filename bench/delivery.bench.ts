import { openStore } from '@omokit/hub'
import { noChromium } from '../scripts/chromium/launch'
import { events, killTab, pause, runFault, servePage, startBrowser, visit, type Fault, type Outcome } from './delivery-run'
import { ownSubjects, peerSubject, type Arrived, type Subject } from './delivery-subject'
import { miniprogramLost } from './miniprogram-lost'
import { installPeers } from './tracker-peers'

interface Figure {
  readonly id: string
  readonly value: number
  readonly samples: number
  readonly against: string
}

const faults: readonly Fault[] = [
  { name: '500', outage: '500', end: 'tab' },
  { name: 'refuse', outage: 'refuse', end: 'tab' },
  { name: 'hang', outage: 'hang', end: 'tab' },
  { name: 'close', end: 'page' },
  { name: 'lostack', outage: 'lostack', end: 'tab' },
  { name: '3 tabs', outage: '500', end: 'tab', readers: 3 },
]

/** Harder ones, which no peer was built for. */
const harder: readonly Fault[] = [
  { name: '3 tabs writing', outage: '500', end: 'tab', writers: 3, readers: 3 },
  ...faults.filter(({ outage }) => outage).map((fault) => ({ ...fault, name: `${fault.name}, browser killed`, end: 'browser' as const })),
]

const closings = 10
const peerClosings = 3

/** What became of all one of our outboxes went through. */
interface Own {
  readonly name: string
  readonly outcomes: readonly Outcome[]
  readonly killed: string
  /** Shares that outlived the page: of its first task, and with the stream open. */
  readonly first: readonly number[]
  readonly open: readonly number[]
}

/**
 * What gets lost on the way to the hub, by runtime and fault.
 *
 * In Chromium: of 1,000 events those whose promise had resolved before the end are looked for in the hub's own store (the
 * real hub on PGlite). `twice` counts an event that stands there under two numbers. Copies of one `stream.seq` on the wire
 * are none: the hub drops them by contract; how many came is told beside. Both our outboxes go through all of it, and a figure
 * is of the worse one. A peer's collector keeps what it is sent; with `--ours` no peer is run.
 */
export async function bench(args: readonly string[] = []): Promise<readonly Figure[]> {
  if (noChromium) throw new Error(`the delivery bench needs Chromium${noChromium}`)
  const store = await openStore({ pglite: {} })
  try {
    const own: Own[] = []
    for (const subject of ownSubjects(store)) own.push(await runOwn(subject))

    const { peers, missing } = args.includes('--ours') ? { peers: [], missing: 'no peers asked for' } : await installPeers()
    const field = await Promise.all(
      peers.map(peerSubject).map(async (peer) => {
        const ends = await runAll(peer, faults)
        return { name: peer.name, ends, closed: await closeAtOnce(peer, peerClosings, false) }
      }),
    )
    const beside = (read: (ends: readonly Outcome[], closed: readonly number[]) => string): string =>
      field
        .map(({ name, ends, closed }) => `${name} ${read(ends, closed)}`)
        .concat(missing || [])
        .join('; ')
    const each = (read: (one: Own) => string | number): string => own.map((one) => `${one.name}: ${read(one)}`).join('; ')
    const figure = (id: string, of: 'lost' | 'twice' | 'pending', more: (one: Own) => string): Figure => {
      const worst = ({ outcomes }: Own): number => Math.max(...outcomes.map((outcome) => outcome[of]))
      const value = Math.max(...own.map(worst))
      const samples = own.flatMap(({ outcomes }) => outcomes).reduce((sum, { owed }) => sum + owed, 0)
      const ours = each((one) => `${worst(one)} in ${one.outcomes.length} runs${more(one)}`)
      return { id, value, samples, against: `${ours}; ${beside((ends) => ends.map((end) => `${end.fault} (${seconds(end.span)} s) ${end[of]}`).join(', '))}` }
    }
    return [
      figure('delivery.lost', 'lost', ({ killed }) => `, ${killed}`),
      figure('delivery.twice', 'twice', ({ outcomes }) => {
        const again = outcomes.map(({ fault, arrived }) => `${fault} ${arrived.again}`).join(', ')
        return `, sent again and dropped by number: ${again}`
      }),
      figure('delivery.pending', 'pending', () => ''),
      {
        id: 'delivery.closeAtOnce',
        value: Math.min(...own.flatMap(({ first }) => first)),
        samples: own.flatMap(({ first }) => first).length,
        against: `the first task of a page; ${each(({ first, open }) => `${Math.min(...first)}, with the stream open ${Math.min(...open)} of ${open.length}`)}; ${beside((_, closed) => String(Math.min(...closed)))}`,
      },
      await miniprogramLost(),
    ]
  } finally {
    await store.close()
  }
}

async function runOwn(subject: Subject): Promise<Own> {
  const outcomes = await runAll(subject, faults.concat(harder))
  for (const { fault, arrived } of outcomes)
    if (arrived.unsaid) throw new Error(`${subject.name}, ${fault}: the hub misses ${arrived.unsaid} numbers that nobody stated`)
  return {
    name: subject.name,
    outcomes,
    killed: await killedBurst(subject),
    first: await closeAtOnce(subject, closings, false),
    open: await closeAtOnce(subject, closings, true),
  }
}

async function runAll(subject: Subject, list: readonly Fault[]): Promise<readonly Outcome[]> {
  const served = await servePage(subject)
  const outcomes: Outcome[] = []
  try {
    for (const fault of list) {
      const outcome = await runFault(subject, served, fault)
      const { owed, lost, twice, pending, span, arrived } = outcome
      progress(
        `${subject.name}, ${fault.name} for ${seconds(span)} s: owed ${owed}, there ${arrived.copies.size}, lost ${lost}, twice ${twice}, pending ${pending}, again ${arrived.again}`,
      )
      outcomes.push(outcome)
    }
  } finally {
    await served.close()
  }
  return outcomes
}

/** Shares of 1,000 put in one task that arrive although the page was closed at once; `warm`: after one event was stored. */
async function closeAtOnce(subject: Subject, runs: number, warm: boolean): Promise<readonly number[]> {
  const served = await servePage(subject)
  const shares: number[] = []
  try {
    for (let run = 0; run < runs; run++) {
      const arrived = await endBurst(subject, served, warm, (_, page) => page.close())
      shares.push(share(arrived))
    }
  } finally {
    await served.close()
  }
  progress(`${subject.name}, closed at once${warm ? ' with the stream open' : ''}: ${shares.join(' ')}`)
  return shares
}

/** A tab killed right after a burst: what is left must be a gapless prefix, and the hub must know the rest by number. */
async function killedBurst(subject: Subject): Promise<string> {
  const served = await servePage(subject)
  const left: string[] = []
  try {
    for (let run = 0; run < 5; run++) {
      const arrived = await endBurst(subject, served, true, killTab)
      const there = numbers(arrived)
      if (there.some((n, i) => n !== i)) throw new Error(`after a killed burst ${there.length} are left, and not the first ones`)
      if (arrived.unsaid) throw new Error(`after a killed burst the hub misses ${arrived.unsaid} numbers that nobody stated`)
      if (there.length + arrived.statedLost < events)
        throw new Error(`after a killed burst ${there.length} are left and only ${arrived.statedLost} stated lost`)
      left.push(`${there.length}+${arrived.statedLost}`)
    }
  } finally {
    await served.close()
  }
  progress(`${subject.name}, tab killed in a burst, there + numbers stated lost: ${left.join(' ')}`)
  return `tab killed right after 1,000 in one task: a gapless prefix each time, there + numbers stated lost ${left.join(' ')}`
}

/** 1,000 events in one task, the end at once, the page opened again until nothing more comes. */
async function endBurst(
  subject: Subject,
  served: Awaited<ReturnType<typeof servePage>>,
  warm: boolean,
  end: (browser: Awaited<ReturnType<typeof startBrowser>>, page: Awaited<ReturnType<typeof visit>>) => Promise<unknown>,
): Promise<Arrived> {
  const { collector, brand, key, arrived } = await subject.collect()
  const browser = await startBrowser()
  try {
    const open = [[collector.url, brand, key]]
    const page = await visit(browser, served, open)
    if (warm) await page.evaluate('bench.one(2000000)')
    await page.evaluate(`bench.atOnce(0, ${events})`)
    await end(browser, page)
    const again = await visit(browser, served, open)
    // one more wakes those who send only then
    await again.evaluate('void bench.one(3000000)')
    for (let i = 0, still = 0, before = -1; i < 40 && still < 5; i++) {
      await pause(500)
      const now = await arrived()
      const pending = (await again.evaluate('bench.pending()')) as number
      still = now.copies.size === before && now.copies.has(3_000_000) && (!pending || !subject.promises) ? still + 1 : 0
      before = now.copies.size
    }
    return await arrived()
  } finally {
    await browser.close()
    await collector.close()
  }
}

const numbers = ({ copies }: Arrived): number[] =>
  Array.from(copies.keys())
    .filter((n) => n < events)
    .sort((a, b) => a - b)

const share = (arrived: Arrived): number => numbers(arrived).length / events

const seconds = (ms: number): string => (ms / 1000).toFixed(0)

const progress = (line: string): void => void process.stderr.write(`${line}\n`)
