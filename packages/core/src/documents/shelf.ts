import type { Kv, Locks } from '../ports'
import { journalCap, shardCap } from './caps'
import { packWhole } from './pack'
import type { ReleaseTexts } from './types'
import type { Floor } from './verify-signed'

/** Where a release lies: slot, version of the pack in it, version after the journal, characters of journal. */
export type Chain = readonly [slot: 'a' | 'b', from: number, to: number, chars: number]

/** What the head record points at. Whoever reads it sees an old release or a new one, never a mix. */
export interface Head {
  /** The release in force. */
  readonly a?: Chain | undefined
  /** The one scheduled. */
  readonly n?: Chain | undefined
  /** 1: put in force on the word of a clock nobody vouched for. */
  readonly u?: 1 | undefined
}

/** The durable side of a release store: packs in two slots of shards, deltas as a journal, floor and head in keys of their own. */
export interface Shelf {
  /** Without fields where there is none. */
  floor(): Promise<Partial<Floor>>
  head(): Promise<Head>
  /** A release read back, not verified: its base pack, then the deltas that lead on from there, oldest first. */
  read(chain: Chain): Promise<readonly [pack: string, ...deltas: string[]]>
  /**
   * Makes `texts` durable as the release in force, or when it is not `due` as the one scheduled, in an order that a kill at any write leaves the old or the new release:
   * journal entry or pack, floor, head. When another context has stored something as new or newer nothing is written.
   *
   * @param over write even where something newer lies: it is damaged or no longer trusted
   * @param prior it is the release before the scheduled one, which stays
   * @param from the version that `delta`, the message, led on from
   */
  put(texts: ReleaseTexts, floor: Floor, due: boolean, untrusted: boolean, over?: boolean, prior?: boolean, from?: number, delta?: string): Promise<void>
  /** The scheduled release comes into force. */
  promote(version: number, untrusted: boolean): Promise<void>
}

const journalKey = 'release/j/'
const floorKey = 'release/floor'
const headKey = 'release/head'

/** The slot a release is not in. */
export function otherSlot(chain: Chain | undefined): Chain[0] {
  return chain && chain[0] === 'a' ? 'b' : 'a'
}

export function createShelf(kv: Kv, locks: Locks): Shelf {
  const read = async <T>(key: string): Promise<Partial<T>> => {
    // a store that does not answer must not pass for an empty one
    const text = await kv.get(key)
    try {
      return Object(JSON.parse(text || '0')) as Partial<T>
    } catch {
      return {}
    }
  }
  const write = (key: string, value: unknown): Promise<void> => kv.set(key, JSON.stringify(value))
  const point = (a: Chain | undefined, n: Chain | undefined, untrusted: unknown): Promise<void> => write(headKey, { a, n, u: untrusted ? 1 : undefined })
  const head = (): Promise<Head> => read<Head>(headKey)
  const floor = (): Promise<Partial<Floor>> => read<Floor>(floorKey)
  const journal = async (): Promise<number[]> => (await kv.keys(journalKey)).map((key) => Number(key.slice(journalKey.length)))
  const shard = (slot: string, i: number): string => `release/${slot}/${i}`

  return {
    head,
    floor,
    async read([slot, from, to]) {
      let text = ''
      for (let i = 0, part: string | null; (part = await kv.get(shard(slot, i))); i++) text += part
      let deltas: string[] = []
      let version = to
      while (version > from) {
        const entry = (await kv.get(journalKey + version)) || ''
        const start = entry.indexOf('\n') + 1
        const base = Number.parseInt(entry, 10)
        if (start && base < version) {
          deltas.unshift(entry.slice(start))
          version = base
        } else {
          // an entry is missing or torn: what stands before it can still be used
          deltas = []
          version = Math.max(0, ...(await journal()).filter((each) => each < version))
        }
      }
      return [text, ...(version === from ? deltas : [])]
    },
    put: (texts, seen, due, untrusted, over, prior, from, delta) =>
      locks.hold('release', async () => {
        const { version } = texts.signed.header
        const { a, n, u } = await head()
        const top = n || a
        if (top && top[2] >= version && !prior && !over) return
        let chain: Chain
        if (delta && top && !over && top[2] === from && top[3] + delta.length < journalCap) {
          await kv.set(journalKey + version, `${from}\n${delta}`)
          chain = [top[0], top[1], version, top[3] + delta.length]
        } else {
          const slot = otherSlot(prior ? n : a || n)
          // nothing may point at the slot while it is written over
          if (n && n[0] === slot) await point(a, undefined, u)
          const text = packWhole(texts)
          const size = Math.min(shardCap, kv.limits.perKey)
          for (let i = 0, part: string; (part = text.substr(i * size, size)) || (await kv.get(shard(slot, i))); i++)
            if (part) await kv.set(shard(slot, i), part)
            else await kv.del(shard(slot, i))
          chain = [slot, version, version, 0]
        }
        const { version: least = 0 } = await floor()
        if (over || least <= seen.version) await write(floorKey, seen)
        const kept = due ? (prior ? n : undefined) : a
        await (due ? point(chain, kept, untrusted) : point(kept, chain, u))
        if (chain[3]) return
        // a new pack: entries that the release beside it does not need may go
        for (const entry of await journal()) if (!kept || entry <= kept[1] || entry > kept[2]) await kv.del(journalKey + entry)
      }),
    promote: (version, untrusted) =>
      locks.hold('release', async () => {
        const { n } = await head()
        if (n && n[2] === version) await point(n, undefined, untrusted)
      }),
  }
}
