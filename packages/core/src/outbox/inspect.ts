import type { Fact, FactRef } from '../facts'
import type { Engine } from './engine'
import type { OutboxStats, QuarantinedFact, StoredFact, StreamStats } from './outbox'
import { factOf } from './record'

/** What the device holds, stream by stream. */
export async function statsOf(engine: Engine): Promise<OutboxStats> {
  const { ledger, owner } = engine
  const streams: StreamStats[] = []
  let total = 0
  for (const { id, lane, log } of await engine.streamsOf()) {
    const { acked } = await ledger.sent(id)
    const { count, first, last } = await log.stats()
    if (!count && !acked) continue
    // trade keeps what was acknowledged as its journal
    const pending = first > acked ? count : (await log.read(acked + 1, 1e9, 1e9)).length
    total += pending
    const { head = 0 } = (owner(id) || {}).stream || {}
    streams.push({ stream: id, lane, head: Math.max(acked, last, head), acked, pending })
  }
  return { streams, pending: total, quarantined: (await ledger.names('q/')).length }
}

/** The facts set aside. */
export async function quarantineOf({ ledger }: Engine): Promise<readonly QuarantinedFact[]> {
  const facts: QuarantinedFact[] = []
  for (const name of await ledger.names('q/')) {
    const aside = await ledger.read('q/', name)
    if (aside) facts.push(Object.assign(refOf(name), aside))
  }
  return facts
}

/** Trade records from number `from` on; those of our own stream last: what others left is older. */
export async function readTrade({ owner, streamsOf }: Engine, from = 1): Promise<readonly StoredFact[]> {
  const facts: StoredFact[] = []
  const streams = await streamsOf('trade')
  for (const { id, log } of streams.filter((one) => !owner(one.id)).concat(streams.filter((one) => owner(one.id)))) {
    for (const { seq, text } of await log.read(from, 1e9, 1e9)) {
      const fact = factOf(text)
      if (fact) facts.push({ stream: id, seq, text, fact: Object.assign(fact, { seq }) as Fact })
    }
  }
  return facts
}

/** The address behind `stream.seq`. */
export function refOf(name: string): FactRef {
  const dot = name.lastIndexOf('.')
  return { stream: name.slice(0, dot), seq: Number(name.slice(dot + 1)) }
}
