import { OmoError } from '../issues'
import type { Issue, Result } from '../issues'
import type { Kv, Ports } from '../ports'
import { asciiHash } from './ascii-hash'
import { bucketName, readRoot } from './book'
import { bucketOf } from './bucket'
import { holdRelease } from './held-release'
import type { HeldRelease } from './held-release'
import { isPriceList } from './release'
import { readChunks } from './sections'
import type { Book, BookName, ReleaseTexts } from './types'
import { readView } from './view-text'

/** Options of {@link createReleaseView}. */
export interface ReleaseViewOptions {
  readonly ports: Pick<Ports, 'kv' | 'locks'>
  /** Asks the hub for buckets by name, at most 32: the text of `GET /v1/chunks?names=`, undefined without an answer. */
  readonly chunks: (names: readonly string[]) => Promise<string | undefined>
  /** Asked before each write; false keeps buckets in memory only. Default: always. */
  readonly persist?: (() => boolean) | undefined
  readonly onIssue?: ((issue: Issue) => void) | undefined
  /** Characters the view may take of the store, keys included; default 900,000. */
  readonly budget?: number
}

/**
 * What a device holds of releases it does not hold whole: outlines (root and index of every price list, all other books in
 * full) and the buckets that were asked for. A bucket is kept under its hash, so that one release cannot be mixed into
 * another; what was not used for longest leaves when there is no more room.
 */
export interface ReleaseView {
  /** The store, as releases may use it: makes room for an outline by dropping buckets. Rejects with `quota` for one that leaves no room. */
  readonly kv: Kv
  /** As `readView`. */
  read(text: string, base?: ReleaseTexts): Result<ReleaseTexts>
  hold(texts: ReleaseTexts): HeldRelease
  /** Before a release takes the place of `base`: gets the successors of the buckets used last, so that they can be asked offline too. */
  ready(texts: ReleaseTexts, base: ReleaseTexts): Promise<void>
  /** Gets the buckets of these keys, from memory, the store or the hub. A key that stays out of reach, or undefined. */
  bring(release: HeldRelease, books: readonly BookName[], keys: readonly string[]): Promise<string | undefined>
  /** Writes what was kept in memory, once `persist` allows it. */
  save(): Promise<void>
}

/** A request names at most so many buckets. */
const together = 32
/** So many of the buckets used last follow a release to the next. */
const followed = 64
/** What a bucket takes beside its text: its key, and its place in the list. */
const overhead = 200
const chunkKey = 'release/c/'
const listKey = 'release/chunks'

export function createReleaseView({ ports, chunks, persist = () => true, onIssue = () => undefined, budget = 900_000 }: ReleaseViewOptions): ReleaseView {
  const { kv, locks } = ports
  /** Checked against their names; what was used last stands last. */
  const memory = new Map<string, string>()
  /** In memory, not in the store. */
  const unsaved = new Set<string>()
  /** Characters of everything else below `release/`, by key. */
  let others: Map<string, number> | undefined
  let swept = false

  function touch(name: string): string | undefined {
    const text = memory.get(name)
    if (text !== undefined) {
      memory.delete(name)
      memory.set(name, text)
    }
    return text
  }

  async function list(): Promise<Map<string, number>> {
    try {
      return new Map(JSON.parse((await kv.get(listKey)) || '[]') as [string, number][])
    } catch {
      return new Map()
    }
  }

  /** The sizes of outlines and heads, also of those nobody has read yet. */
  async function measured(): Promise<Map<string, number>> {
    if (!others) {
      const found = new Map<string, number>()
      for (const key of await kv.keys('release/')) if (key.indexOf(chunkKey) && key !== listKey) found.set(key, overhead + ((await kv.get(key)) || '').length)
      others = found
    }
    return others
  }

  /** Drops what was used least until all fits, then writes `fresh` and the list. A kill leaves keys without an entry: the next call removes them. */
  function arrange(fresh: readonly string[]): Promise<void> {
    return locks.hold('release-view', async () => {
      const before = await list()
      const sizes = new Map(before)
      const move = (name: string, size: number): void => {
        sizes.delete(name)
        sizes.set(name, size)
      }
      memory.forEach((_, name) => sizes.has(name) && move(name, sizes.get(name) as number))
      for (const name of fresh) move(name, (memory.get(name) || '').length)
      let total = 0
      ;(await measured()).forEach((size) => (total += size))
      sizes.forEach((size) => (total += size + overhead))
      for (const [name, size] of Array.from(sizes)) {
        if (total <= budget) break
        sizes.delete(name)
        total -= size + overhead
        if (before.has(name)) await kv.del(chunkKey + name)
      }
      if (!swept) for (const key of await kv.keys(chunkKey)) if (!sizes.has(key.slice(chunkKey.length))) await kv.del(key)
      swept = true
      for (const name of fresh) {
        if (sizes.has(name)) await kv.set(chunkKey + name, memory.get(name) || '')
        unsaved.delete(name)
      }
      await kv.set(listKey, JSON.stringify(Array.from(sizes)))
    })
  }

  async function save(): Promise<void> {
    if (!unsaved.size || !persist()) return
    try {
      await arrange(Array.from(unsaved))
    } catch {
      onIssue({ code: 'quota', path: 'release' })
    }
  }

  /** Brings buckets into memory; what does not match its name is never used. */
  async function obtain(names: readonly string[]): Promise<void> {
    const lacking: string[] = []
    for (const name of names) {
      if (touch(name) !== undefined) continue
      const text = await kv.get(chunkKey + name).catch(() => null)
      if (text && asciiHash('bucket', text) === name) memory.set(name, text)
      else {
        if (text) onIssue({ code: 'bad-hash', path: 'stored' })
        lacking.push(name)
      }
    }
    for (let at = 0; at < lacking.length; at += together) {
      const some = lacking.slice(at, at + together)
      const text = await chunks(some)
      const read = text === undefined ? [] : readChunks(text)
      if (!read) onIssue({ code: 'malformed', path: 'bucket' })
      for (const chunk of read || []) {
        const name = asciiHash('bucket', chunk)
        if (some.indexOf(name) < 0) onIssue({ code: 'bad-hash', path: 'bucket' })
        else {
          memory.set(name, chunk)
          unsaved.add(name)
        }
      }
    }
    await save()
    const pinned = new Set(names)
    let total = 0
    memory.forEach((text) => (total += text.length))
    memory.forEach((text, name) => {
      if (total <= budget || pinned.has(name)) return
      memory.delete(name)
      unsaved.delete(name)
      total -= text.length
    })
  }

  return {
    read: readView,
    save,
    hold: (texts) =>
      holdRelease(
        texts,
        false,
        (issue, name) => {
          memory.delete(name)
          onIssue(issue)
        },
        touch,
      ),
    async bring({ texts }, books, keys) {
      const wanted = new Map<string, string>()
      for (const name of books) {
        const book = texts.books[name]
        if (!book || book.buckets.length) continue
        const { bits } = readRoot(book.root) || { bits: 0 }
        for (const key of keys) wanted.set(bucketName(book, bits, bucketOf(key, bits)), key)
      }
      const names = Array.from(wanted.keys())
      await obtain(names)
      return wanted.get(names.filter((name) => !memory.has(name))[0] as string)
    },
    async ready(texts, base) {
      const successors = new Map<string, string>()
      for (const name of Object.keys(texts.books)) {
        const is = texts.books[name] as Book
        const was = base.books[name]
        if (!isPriceList(name) || !was || was.index.length !== is.index.length) continue
        const bits = (readRoot(is.root) || { bits: 0 }).bits
        for (let i = 0; i < 2 ** bits; i++) successors.set(bucketName(was, bits, i), bucketName(is, bits, i))
      }
      const used = Array.from((await list()).keys()).concat(Array.from(memory.keys()))
      const next = new Set<string>()
      for (const name of used.reverse()) {
        const successor = successors.get(name)
        if (successor && successor !== name && next.size < followed) next.add(successor)
      }
      await obtain(Array.from(next))
    },
    kv: {
      limits: kv.limits,
      get: (key) => kv.get(key),
      keys: (prefix) => kv.keys(prefix),
      async set(key, text) {
        const sizes = await measured()
        const before = sizes.get(key)
        sizes.set(key, overhead + text.length)
        let total = 0
        sizes.forEach((size) => (total += size))
        if (total > 0.9 * budget) {
          if (before === undefined) sizes.delete(key)
          else sizes.set(key, before)
          throw new OmoError('quota', `${key}: no room for it in a view`)
        }
        if (text.length > 1000) await arrange([])
        await kv.set(key, text)
      },
      async del(key) {
        await kv.del(key)
        if (others) others.delete(key)
      },
    },
  }
}
