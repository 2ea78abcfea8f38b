import type { Kv } from '@omokit/core'
import type { Outbox, QuarantinedFact } from '@omokit/core/outbox'
import { createPageOutbox } from '@omokit/core/page'
import type { PageOutboxOptions, PagePorts } from '@omokit/core/page'
import { WorldError } from '@omokit/core/testing'
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

/** Pages of one to eight tabs, by seed. */
export const runPages = (run: OutboxRun): Promise<OutboxFigures> =>
  runOutbox({ tabs: 1 + ((run.seed >> 1) % 8), page: pageOutbox, lanes: ['observe'], rotate: false, ...run })

/** A bug in the outbox of a page or around it, and the promises it breaks. */
export interface PagePlant {
  readonly breaks: RegExp
  readonly ports?: (ports: PagePorts) => PagePorts
  readonly source?: Mutation
}

export const pagePlants: Readonly<Record<string, PagePlant>> = {
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
    source: { file: 'create-page-outbox.ts', from: '.filter(({ seq }) => seq > stream.tried && seq > stream.told)', to: '' },
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

/** Seeds until the bug shows, and the promise it broke. Throws when it does not within `most`. */
export async function huntPage({ ports = (own) => own, source }: PagePlant, most = 200): Promise<{ readonly seed: number; readonly invariant: string }> {
  const create = source ? (await mutantPage(source)).createPageOutbox : createPageOutbox
  for (let seed = 1; seed <= most; seed++) {
    try {
      await runPages({ seed, page: (options, kv) => pageOutbox({ ...options, ports: ports(options.ports) }, kv, create) })
    } catch (error) {
      if (error instanceof WorldError) return { seed, invariant: error.invariant }
      throw error
    }
  }
  throw new Error(`not found in ${most} seeds`)
}
