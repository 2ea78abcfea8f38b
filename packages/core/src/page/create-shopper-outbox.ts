import type { Fact, FactDraft, FactRef } from '../facts'
import type { Mark } from '../outbox/ledger'
import type { Outbox, SlimOutbox, StoredFact } from '../outbox/outbox'
import { endedKind, endOf, factOf, recordText } from '../outbox/record'
import type { PageOutboxOptions } from './create-page-outbox'
import { createPageEngine } from './page-engine'
import type { ShopperPorts } from './page-ports'
import type { PageStream } from './page-stream'
import { isTradeStream, tradeMark } from '../outbox/trade-stream'

/** Options of {@link createShopperOutbox}. */
export interface ShopperOutboxOptions extends PageOutboxOptions {
  readonly ports: ShopperPorts
}

/** An outbox of events that knows consent: receipts of it are trade, and streams end at logout and withdrawal. */
export interface ShopperOutbox extends SlimOutbox, Pick<Outbox, 'readTrade' | 'rotate'> {}

/** The one kind of trade a shopper's page may send, beside the ends of its streams. */
const consentKind = 'Consent Recorded'

/**
 * As `createPageOutbox`, for pages that ask for consent and know who is here: what `createIdentity` needs of an outbox. Each
 * record of trade is the one of a stream of its own, sent before any event.
 *
 * @example
 * const ports = createShopperPorts({ brand: 'demo' })
 * const clock = createSlimClock(ports)
 * const outbox = createShopperOutbox({ ports, clock, hub: 'https://hub.example', key })
 * const identity = createIdentity({ ports, clock, outbox, hub: 'https://hub.example', key })
 */
export function createShopperOutbox(options: ShopperOutboxOptions): ShopperOutbox {
  const { ports, clock } = options
  const { records, seize, kv, time, addTrade, names } = ports

  const trade = async (draft: FactDraft): Promise<FactRef> => {
    const stream = tradeMark + records.begin()
    await addTrade(stream, '{"prev":"",' + recordText(draft, clock.read(), time.zone()).slice(1))
    engine.wake()
    return { stream, seq: 1 }
  }

  /**
   * Deletes what is purged and, once nobody uses the stream, states where it ended and forgets it. Decided first, stored, then
   * done: a crash repeats the same statement and no other.
   */
  const endPurged = async (id: string): Promise<void> => {
    let mark = (await records.get('e/' + id)) as Mark | undefined
    if (!mark || mark === 'end' || mark === 'fork') return
    const lock = await seize('stream/' + id)
    try {
      const { acked = 0, tried = 0 } = ((await records.get('a/' + id)) || {}) as Partial<PageStream>
      await records.open(id, acked)
      if (mark === 'purge') {
        const { length: purged } = await records.read(id, acked + 1, 1e9, 1e9)
        await records.set('e/' + id, (mark = { through: acked, purged }))
      }
      // at once, even from under a page that lives; the stream itself is ended when it is given up
      await records.drop(id, 0, 1e14)
      if (!lock) return
      if (tried) await trade({ kind: endedKind, body: endOf(id, mark, acked) })
      await records.forget(id)
    } finally {
      if (lock) await lock.release()
    }
  }
  const pass = async (): Promise<void> => {
    for (const id of await names('e/')) await endPurged(id)
  }

  const engine = createPageEngine(options, { pass, put: (draft) => draft.kind === consentKind && trade(draft) })

  return Object.assign({}, engine, {
    async rotate({ purge = false }: { readonly purge?: boolean } = {}) {
      const own = engine.stream()
      const released = engine.release(purge)
      // ours may not be there yet
      for (const id of (await records.streams()).concat(own ? own.id : [])) {
        const mark = await records.get('e/' + id)
        // what comes after the call is in ours of now
        const now = engine.stream()
        if (!isTradeStream(id) && !(now && now.id === id) && (!mark || (purge && typeof mark === 'string')))
          await records.set('e/' + id, purge ? 'purge' : 'end')
      }
      await released
      if (!purge) return
      for (const name of await names('q/')) if (!isTradeStream(name.split('.')[0] as string)) await kv.del('q/' + name)
      await pass()
    },
    async readTrade() {
      const found: StoredFact[] = []
      for (const stream of await records.streams())
        if (isTradeStream(stream))
          for (const { seq, text } of await records.read(stream, 0, 1, 1)) {
            const fact = factOf(text)
            if (fact) found.push({ stream, seq, text, fact: Object.assign(fact, { seq }) as Fact })
          }
      return found
    },
  })
}
