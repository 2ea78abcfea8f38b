import type { Lane } from '../facts'
import type { IssueCode } from '../issues'
import type { Kv } from '../ports'
import { parse } from '../parse'

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

interface Kept {
  readonly 's/': Head
  readonly 'a/': Sent
  readonly 'e/': Mark
  readonly 'q/': Aside
}

/**
 * The outbox's small state, one key per writer so that no two contexts overwrite each other:
 * `s/` the owner's head, `a/` the sender's watermark, `e/` marks, `q/` quarantine under `stream.seq`.
 */
export interface Ledger {
  names(kind: keyof Kept): Promise<readonly string[]>
  read<K extends keyof Kept>(kind: K, name: string): Promise<Kept[K] | undefined>
  write<K extends keyof Kept>(kind: K, name: string, value: Kept[K]): Promise<void>
  /** Zeros before the first send. */
  sent(stream: string): Promise<Sent>
}

export function createLedger(kv: Kv): Ledger {
  const read = async (kind: string, name: string): Promise<never> => parse((await kv.get(kind + name)) || '') as never
  return {
    names: async (kind) => (await kv.keys(kind)).map((key) => key.slice(2)),
    read,
    write: (kind, name, value) => kv.set(kind + name, JSON.stringify(value)),
    sent: async (stream) => (await read('a/', stream)) || { acked: 0, tried: 0 },
  }
}
