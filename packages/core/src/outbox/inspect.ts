import type { Fact, FactRef, Lane } from '../facts'
import type { Log, LogStore } from '../ports'
import type { Ledger } from './ledger'
import type { OutboxStats, QuarantinedFact, StoredFact, StreamStats } from './outbox'
import { factOf } from './record'

/** A stream of this device and its log. */
export interface HeldStream {
  readonly id: string
  readonly lane: Lane
  readonly log: Log
}

/** What the device holds, read without changing it. */
export interface Inspection {
  /** All streams of this device, ours and others'. Without its head the first record tells the lane. */
  streamsOf(lane?: Lane): Promise<readonly HeldStream[]>
  stats(): Promise<OutboxStats>
  quarantine(): Promise<readonly QuarantinedFact[]>
  /** Trade records from number `from` on; those of stream `own` last: what others left is older. */
  readTrade(own: string | undefined, from?: number): Promise<readonly StoredFact[]>
}

const all = 1e9

export function createInspection(logs: LogStore, ledger: Ledger, headOf: (stream: string) => number): Inspection {
  async function streamsOf(lane?: Lane): Promise<readonly HeldStream[]> {
    const found: HeldStream[] = []
    const heads = await ledger.heads()
    for (const id of heads.concat((await logs.list()).filter((name) => heads.indexOf(name) < 0))) {
      const log = logs.open(id)
      const head = await ledger.head(id)
      const [first] = head ? [] : await log.read(0, 1, 1)
      const its = head ? head.lane : first && first.text.startsWith('{"prev"') ? 'trade' : 'observe'
      if (!lane || its === lane) found.push({ id, lane: its, log })
    }
    return found
  }

  return {
    streamsOf,
    async stats() {
      const streams: StreamStats[] = []
      let total = 0
      for (const { id, lane, log } of await streamsOf()) {
        const { acked } = await ledger.sent(id)
        const { count, first, last } = await log.stats()
        // trade keeps what was acknowledged as its journal
        const pending = first > acked ? count : (await log.read(acked + 1, all, all)).length
        if (!count && !acked) continue
        total += pending
        streams.push({ stream: id, lane, head: Math.max(acked, last, headOf(id)), acked, pending })
      }
      return { streams, pending: total, quarantined: (await ledger.asides()).length }
    },
    async quarantine() {
      const facts: QuarantinedFact[] = []
      for (const name of await ledger.asides()) {
        const aside = await ledger.aside(name)
        if (aside) facts.push({ ...refOf(name), ...aside })
      }
      return facts
    },
    async readTrade(own, from = 1) {
      const facts: StoredFact[] = []
      const streams = await streamsOf('trade')
      for (const { id, log } of streams.filter((one) => one.id !== own).concat(streams.filter((one) => one.id === own))) {
        for (const { seq, text } of await log.read(from, all, all)) {
          const fact = factOf(text)
          if (fact) facts.push({ stream: id, seq, text, fact: { ...fact, seq } as Fact })
        }
      }
      return facts
    },
  }
}

/** The address behind `stream.seq`. */
export function refOf(name: string): FactRef {
  const dot = name.lastIndexOf('.')
  return { stream: name.slice(0, dot), seq: Number(name.slice(dot + 1)) }
}
