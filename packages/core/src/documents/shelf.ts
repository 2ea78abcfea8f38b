import type { Kv, Ports } from '../ports'
import { pack } from './pack'
import type { ReleaseTexts } from './types'
import type { Floor } from './verify-signed'

/** Where a release lies in storage: slot, number of shards, version of the pack in the slot, version after the journal. */
export type Chain = readonly [slot: 'a' | 'b', shards: number, from: number, to: number]

/** What the head record points at. Whoever reads it sees an old release or a new one, never a mix. */
export interface Head {
  /** The release in force. */
  readonly a?: Chain
  /** The one scheduled. */
  readonly n?: Chain
  /** The last pack of the other slot, the last resort when storage was damaged. */
  readonly p?: Chain
  /** 1: put in force on the word of a clock nobody vouched for. */
  readonly u?: 1
}

/** One release read back: the base pack and the deltas that lead to `chain[3]`, oldest first. Nothing is verified. */
export interface Shelved {
  readonly pack: string
  readonly deltas: readonly string[]
}

/** Journal entries are folded into a new pack beyond these. */
const journalEntries = 1000
const journalChars = 380_000
const shardChars = 190_000

/** How a release came. */
export interface Put {
  readonly untrusted: boolean
  /** Write even where something newer lies: it is damaged or no longer trusted. */
  readonly over: boolean
  /** The message that led here, and from which version. */
  readonly delta?: { readonly text: string; readonly from: number }
}

/** The durable side of a release store: packs in two slots of shards, deltas as a journal, floor and head in keys of their own. */
export interface Shelf {
  floor(): Promise<Floor | undefined>
  head(): Promise<Head>
  read(chain: Chain): Promise<Shelved | undefined>
  /**
   * Makes `texts` durable and points `role` at it, in an order that a kill at any write leaves the old or the new release:
   * journal entry or pack, floor, head. `delta` is the message that led here from version `from`. When another context has
   * stored something as new or newer nothing is written, unless `over`.
   */
  put(role: 'a' | 'n', texts: ReleaseTexts, floor: Floor, how: Put): Promise<void>
  /** The scheduled release comes into force. */
  promote(version: number, untrusted: boolean): Promise<void>
}

export function createShelf(ports: Pick<Ports, 'kv' | 'locks'>): Shelf {
  const { kv, locks } = ports
  const at = (name: string): string => `release/${name}`
  let journal: { entries: number; chars: number } | undefined

  async function head(): Promise<Head> {
    return (parse(await kv.get(at('head'))) || {}) as Head
  }
  async function writeHead(next: Head): Promise<void> {
    await kv.set(at('head'), JSON.stringify(next))
  }
  async function writePack(slot: 'a' | 'b', texts: ReleaseTexts): Promise<Chain> {
    const text = pack(texts)
    const size = Math.min(shardChars, kv.limits.perKey)
    const shards = Math.ceil(text.length / size)
    for (let i = 0; i < shards; i++) await kv.set(at(`${slot}/${i}`), text.substr(i * size, size))
    const { version } = texts.signed.header
    return [slot, shards, version, version]
  }
  /** Journal entries no chain needs, shards beyond the last. Only after the head no longer points at them. */
  async function sweep(now: Head): Promise<void> {
    const chains = [now.a, now.n].filter((chain): chain is Chain => !!chain)
    for (const key of await kv.keys(at('j/'))) {
      const version = Number(key.slice(at('j/').length))
      if (!chains.some((chain) => version > chain[2] && version <= chain[3])) await kv.del(key)
    }
    for (const slot of ['a', 'b']) {
      const owner = [now.a, now.n, now.p].filter((chain) => chain && chain[0] === slot)[0]
      for (const key of await kv.keys(at(`${slot}/`))) if (!owner || Number(key.slice(at(`${slot}/`).length)) >= owner[1]) await kv.del(key)
    }
    journal = undefined
  }
  async function journalSize(): Promise<{ entries: number; chars: number }> {
    if (!journal) {
      journal = { entries: 0, chars: 0 }
      for (const key of await kv.keys(at('j/'))) {
        journal.entries++
        journal.chars += ((await kv.get(key)) || '').length
      }
    }
    return journal
  }

  return {
    head,
    async floor() {
      const read = parse(await kv.get(at('floor'))) as [number, string, string] | undefined
      return read && { version: read[0], head: read[1], kid: read[2] }
    },
    async read([slot, shards, from, to]) {
      let text = ''
      for (let i = 0; i < shards; i++) text += (await kv.get(at(`${slot}/${i}`))) || ''
      const deltas: string[] = []
      let version = to
      while (version > from) {
        const entry = await kv.get(at(`j/${version}`))
        const end = entry ? entry.indexOf('\n') : -1
        const before = Number(entry && entry.slice(0, end))
        // a hole in the journal: what stands before it can still be used
        if (!entry || end < 0 || !(before < version)) {
          deltas.length = 0
          version = await olderEntry(kv, at('j/'), version, from)
          continue
        }
        deltas.unshift(entry.slice(end + 1))
        version = before
      }
      return text ? { pack: text, deltas } : undefined
    },
    put: (role, texts, floor, { untrusted, over, delta }) =>
      locks.hold('release', async () => {
        const { version } = texts.signed.header
        const was = await head()
        const newest = was.n || was.a
        const prior = role === 'a' && !over && was.n && version < was.n[3]
        if (newest && newest[3] >= version && !prior && !over) return
        let chain: Chain | undefined
        const size = delta ? await journalSize() : undefined
        if (delta && size && !over && newest && newest[3] === delta.from && size.entries < journalEntries && size.chars < journalChars) {
          const entry = `${delta.from}\n${delta.text}`
          await kv.set(at(`j/${version}`), entry)
          size.entries++
          size.chars += entry.length
          chain = [newest[0], newest[1], newest[2], version]
        } else {
          const kept = was.a || (prior ? was.n : undefined)
          const free = kept && kept[0] === 'a' ? 'b' : 'a'
          // nothing may point at the slot while it is written over
          const clear: Head = { ...(was.a && { a: was.a }), ...(was.n && was.n[0] !== free && { n: was.n }), ...(was.u && { u: 1 as const }) }
          if (JSON.stringify(clear) !== JSON.stringify(was)) await writeHead(clear)
          chain = await writePack(free, texts)
        }
        const stored = parse(await kv.get(at('floor'))) as [number] | undefined
        if (!stored || over || stored[0] <= floor.version) await kv.set(at('floor'), JSON.stringify([floor.version, floor.head, floor.kid]))
        const last = was.a && was.a[0] !== chain[0] ? ([was.a[0], was.a[1], was.a[2], was.a[2]] as const) : undefined
        const now: Head =
          role === 'n'
            ? { ...(was.a && { a: was.a }), n: chain, ...(was.u && { u: 1 as const }) }
            : { a: chain, ...(prior && { n: was.n as Chain }), ...(last && !prior && !over && { p: last }), ...(untrusted && { u: 1 as const }) }
        await writeHead(now)
        if (chain[2] === chain[3]) await sweep(now)
      }),
    promote: (version, untrusted) =>
      locks.hold('release', async () => {
        const { a, n } = await head()
        if (!n || n[3] !== version) return
        await writeHead({ a: n, ...(a && a[0] !== n[0] && { p: [a[0], a[1], a[2], a[2]] as const }), ...(untrusted && { u: 1 as const }) })
      }),
  }
}

async function olderEntry(kv: Kv, prefix: string, below: number, from: number): Promise<number> {
  let best = from
  for (const key of await kv.keys(prefix)) {
    const version = Number(key.slice(prefix.length))
    if (version < below && version > best) best = version
  }
  return best
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
