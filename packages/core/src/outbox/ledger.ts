import type { IssueCode } from '../issues'
import type { Lane } from '../facts'
import type { Kv } from '../ports'
import { parse } from './record'

/** What the owner of a stream keeps about it. Only the context that holds the stream's lock writes it. */
export interface Head {
  readonly lane: Lane
  /** Highest number that may have been given out: raised before any number above it is used, exact after a stop in order. */
  readonly reserved: number
}

/**
 * Why a stream takes no more facts. `end`: sent to the last, then stated. `purge`: deleted unsent, then stated.
 * `fork`: seen with two contents. An object: the statement itself, decided and not yet made.
 */
export type Mark = 'end' | 'purge' | 'fork' | { readonly through: number; readonly purged: number }

/** What the leader keeps about a stream. */
export interface Sent {
  /** Highest number the hub confirmed. */
  readonly acked: number
  /** Highest number that may have reached the hub; raised before a request leaves. */
  readonly tried: number
}

/** A fact set aside. */
export interface Aside {
  readonly code: IssueCode
  readonly text: string
}

/**
 * The outbox's small state, one key per writer so that no two contexts overwrite each other:
 * `s/` the owner's head, `a/` the sender's watermark, `e/` marks, `q/` quarantine.
 */
export interface Ledger {
  heads(): Promise<readonly string[]>
  head(stream: string): Promise<Head | undefined>
  setHead(stream: string, head: Head): Promise<void>
  sent(stream: string): Promise<Sent>
  setSent(stream: string, sent: Sent): Promise<void>
  mark(stream: string): Promise<Mark | undefined>
  setMark(stream: string, mark: Mark): Promise<void>
  /** Forgets an ended stream. */
  forget(stream: string): Promise<void>
  /** Numbers set aside, as `stream.seq`. */
  asides(): Promise<readonly string[]>
  aside(fact: string): Promise<Aside | undefined>
  setAside(fact: string, aside: Aside): Promise<void>
  dropAside(fact: string): Promise<void>
}

export function createLedger(kv: Kv): Ledger {
  const names = (prefix: string) => (): Promise<readonly string[]> => kv.keys(prefix).then((keys) => keys.map((key) => key.slice(2)))
  const read =
    (prefix: string) =>
    (name: string): Promise<never> =>
      kv.get(prefix + name).then((text) => parse(text || '')) as Promise<never>
  const write =
    (prefix: string) =>
    (name: string, value: unknown): Promise<void> =>
      kv.set(prefix + name, JSON.stringify(value))
  return {
    heads: names('s/'),
    head: read('s/'),
    setHead: write('s/'),
    sent: async (stream) => ((await read('a/')(stream)) as Sent | undefined) || { acked: 0, tried: 0 },
    setSent: write('a/'),
    mark: read('e/'),
    setMark: write('e/'),
    // the mark goes last: while it stands, the work is taken up again
    forget: async (stream) => {
      await kv.del('s/' + stream)
      await kv.del('a/' + stream)
      await kv.del('e/' + stream)
    },
    asides: names('q/'),
    aside: read('q/'),
    setAside: write('q/'),
    dropAside: (fact) => kv.del('q/' + fact),
  }
}
