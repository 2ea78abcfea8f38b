import type { KeyKind, Lane } from '@omokit/core'
import type { FetchLike } from '@omokit/core/memory'
import type { HubView, StreamView, World } from '@omokit/core/testing'
import { createHub, createKey } from '@omokit/hub'
import type { HubEffects, HubSigner, Store } from '@omokit/hub'

/** The real hub as a server of the world. Its clock and its randomness are the world's. */
export interface HubInWorld {
  readonly effects: HubEffects
  /** A process over the store: for `world.server`. */
  start(): FetchLike
  /** What it stored, for the witness. */
  readonly view: HubView
  key(kind: KeyKind, storeId?: string): Promise<string>
  /** Codes of what the hub found wrong, in order. */
  findings(): Promise<readonly { readonly code: string; readonly subject: string }[]>
}

/** `brand` keeps the runs on one store apart, so that it need not be emptied between seeds. */
export function hubInWorld(world: World, store: Store, brand: string, signer?: HubSigner): HubInWorld {
  const effects: HubEffects = { now: world.now, random: world.random.bytes, every: () => () => undefined }
  return {
    effects,
    start() {
      const hub = createHub({
        store,
        mode: 'dev',
        effects,
        ...(signer ? { signer } : {}),
        onFault: (error) => world.broken('hub', error instanceof Error && error.stack ? error.stack : String(error)),
      })
      return (url, init) => hub.fetch(new Request(url, init))
    },
    view: { streams: () => streamsOf(store, brand) },
    async key(kind, storeId) {
      const made = await createKey(store, effects, { brand, kind, mode: 'test', ...(storeId ? { storeId } : {}) })
      if (!made.ok) throw new Error(`no key: ${made.issues[0]?.code}`)
      return made.value.key
    },
    findings: () => store.tx(brand, (trx) => trx.selectFrom('findings').select(['code', 'subject']).where('brand', '=', brand).orderBy('id').execute()),
  }
}

/** What a store holds of a brand's streams. */
export async function streamsOf(store: Store, brand: string): Promise<readonly StreamView[]> {
  return store.tx(brand, async (trx) => {
    const streams = await trx
      .selectFrom('streams')
      .select(['stream', 'lane', 'through', 'head', 'forks', 'lost'])
      .where('brand', '=', brand)
      .orderBy('stream')
      .execute()
    const facts = await trx.selectFrom('facts').select(['stream', 'seq', 'text']).where('brand', '=', brand).execute()
    const aside = await trx.selectFrom('facts_aside').select(['stream', 'seq', 'code']).where('brand', '=', brand).where('code', '<>', 'stream-fork').execute()
    return streams.map((row): StreamView => {
      const lost = new Set<number>()
      for (const [from, to] of JSON.parse(row.lost) as [number, number][]) for (let n = from; n <= to; n++) lost.add(n)
      return {
        stream: row.stream,
        lane: row.lane as Lane,
        through: row.through,
        head: row.head,
        forks: row.forks,
        lost,
        facts: new Map(facts.filter(({ stream }) => stream === row.stream).map(({ seq, text }) => [seq, text])),
        refused: new Map(aside.filter(({ stream }) => stream === row.stream).map(({ seq, code }) => [seq, code])),
      }
    })
  })
}
