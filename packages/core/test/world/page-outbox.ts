import type { Kv } from '@omokit/core'
import type { Outbox, QuarantinedFact } from '@omokit/core/outbox'
import { createPageOutbox, createShopperOutbox } from '@omokit/core/page'
import type { PageOutboxOptions, PagePorts, ShopperOutboxOptions, ShopperPorts } from '@omokit/core/page'
import { WorldError } from '@omokit/core/testing'
import { isTradeStream } from '../../src/outbox/trade-stream'
import { mutantPage } from './mutant'
import type { Mutation } from './mutant'
import { runOutbox } from './outbox-scenario'
import type { OutboxFigures, OutboxRun } from './outbox-scenario'

/** The outbox of a page with a look inside, as the scenario asks for it. It has no trade, and nobody ends its streams. */
export function pageOutbox(options: PageOutboxOptions, kv: Kv, create: typeof createPageOutbox = createPageOutbox): Outbox {
  const { records } = options.ports
  const quarantine = async (): Promise<QuarantinedFact[]> => {
    const facts: QuarantinedFact[] = []
    for (const key of await kv.keys('q/')) {
      const [stream, seq] = key.slice(2).split('.') as [string, string]
      const text = await kv.get(key)
      if (text) facts.push({ stream, seq: Number(seq), ...(JSON.parse(text) as { code: string; text: string }) })
    }
    return facts
  }
  return {
    ...create(options),
    quarantine,
    stats: async () => ({ streams: [], pending: (await records.count())[0], quarantined: (await quarantine()).length }),
    readTrade: () => Promise.resolve([]),
    rotate: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  }
}

/** The outbox of a page that asks for consent, with the same look inside. */
export const shopperOutbox = (options: ShopperOutboxOptions, kv: Kv, create: typeof createShopperOutbox = createShopperOutbox): Outbox => {
  const own = create(options)
  return { ...pageOutbox(options, kv, () => own), readTrade: own.readTrade, rotate: own.rotate }
}

/** Pages of one to eight tabs, by seed. */
export const runPages = (run: OutboxRun): Promise<OutboxFigures> =>
  runOutbox({ tabs: 1 + ((run.seed >> 1) % 8), page: pageOutbox, lanes: ['observe'], rotate: false, ...run })

/** The same with receipts of consent, logout and withdrawal. */
export const runShoppers = (run: OutboxRun): Promise<OutboxFigures> =>
  runOutbox({ tabs: 1 + ((run.seed >> 1) % 8), page: shopperOutbox, tradeKind: 'Consent Recorded', ...run })

/** A bug in the outbox of a page or around it, and the promises it breaks. */
export interface PagePlant<P extends PagePorts> {
  readonly breaks: RegExp
  readonly ports?: (ports: P) => P
  readonly source?: Mutation
}

export const pagePlants: Readonly<Record<string, PagePlant<PagePorts>>> = {
  deleteBeforeAck: {
    breaks: /^(I1|I8|losses)$/,
    ports: (ports) => ({ ...ports, records: { ...ports.records, settle: (stream, _, tried) => ports.records.settle(stream, tried, tried) } }),
  },
  reuseNumbers: {
    breaks: /^I9$/,
    ports: (ports) => ({
      ...ports,
      records: { ...ports.records, open: async (stream, settled) => ({ ...(await ports.records.open(stream, settled)), reserved: 0, exact: 0 }) },
    }),
  },
  everybodyOwns: {
    breaks: /^(I9|I11)$/,
    ports: (ports) => ({ ...ports, seize: async () => ({ lost: () => false, release: () => Promise.resolve() }) }),
  },
  believeAnyAck: {
    breaks: /^(I1|I8|I14|losses|liveness)$/,
    source: { file: 'page-sender.ts', from: 'Math.min(through as number, last.seq)', to: '(through as number) + 3' },
  },
  quarantineDropped: { breaks: /^I7$/, source: { file: 'page-sender.ts', from: "await records.set('q/' + path, { code, text })", to: '' } },
  lossesUnsaid: { breaks: /^(losses|liveness|I7)$/, source: { file: 'page-sender.ts', from: "await stateLost(stream, missing, 'corrupt')", to: '' } },
  triedUnsaid: { breaks: /^(losses|I7|I9)$/, source: { file: 'page-sender.ts', from: 'await records.settle(id, stream.acked, last.seq)', to: '' } },
  evictWhatMayBeThere: {
    breaks: /^(losses|I7)$/,
    source: { file: 'page-engine.ts', from: '.filter(({ seq }) => seq > stream.tried && seq > stream.told)', to: '' },
  },
  afterTheThaw: {
    breaks: /^(I9|I11|losses|forks|I1)$/,
    source: { file: 'page-stream.ts', from: 'const usable = (): boolean => !fault && !(lock && lock.lost())', to: 'const usable = (): boolean => !fault' },
  },
  noNotes: {
    breaks: /^(I9|losses)$/,
    source: { file: 'page-stream.ts', from: 'if (noted <= stream.head + block) void note(stream.head + 2 * block)', to: '' },
  },
}

/** The same in what only the outbox of a page that asks for consent does. */
export const shopperPlants: Readonly<Record<string, PagePlant<ShopperPorts>>> = {
  tradeLeft: {
    breaks: /^(I1|liveness)$/,
    ports: (ports) => ({ ...ports, records: { ...ports.records, streams: async () => (await ports.records.streams()).filter((id) => !isTradeStream(id)) } }),
  },
  tradePurged: { breaks: /^I8$/, source: { file: 'create-shopper-outbox.ts', from: '!isTradeStream(id) && ', to: '' } },
  purgeLeavesOthers: {
    breaks: /^purge$/,
    source: { file: 'create-shopper-outbox.ts', from: "purge ? 'purge' : 'end'", to: "'end'" },
  },
}

/** Seeds until the bug shows, and the promise it broke. Throws when it does not within `most`. */
export async function huntPage(plant: PagePlant<PagePorts>): Promise<Found> {
  const create = plant.source ? (await mutantPage(plant.source)).createPageOutbox : createPageOutbox
  return hunt((seed) => runPages({ seed, page: (options, kv) => pageOutbox(withPlant(options, plant), kv, create) }))
}

/** The same for {@link shopperPlants}. */
export async function huntShopper(plant: PagePlant<ShopperPorts>): Promise<Found> {
  const create = plant.source ? (await mutantPage(plant.source)).createShopperOutbox : createShopperOutbox
  return hunt((seed) => runShoppers({ seed, page: (options, kv) => shopperOutbox(withPlant(options, plant), kv, create) }))
}

const withPlant = <P extends PagePorts, O extends { readonly ports: P }>(options: O, { ports = (own) => own }: PagePlant<P>): O => ({
  ...options,
  ports: ports(options.ports),
})

interface Found {
  readonly seed: number
  readonly invariant: string
}

async function hunt(run: (seed: number) => Promise<unknown>, most = 300): Promise<Found> {
  for (let seed = 1; seed <= most; seed++) {
    try {
      await run(seed)
    } catch (error) {
      if (error instanceof WorldError) return { seed, invariant: error.invariant }
      throw error
    }
  }
  throw new Error(`not found in ${most} seeds`)
}
