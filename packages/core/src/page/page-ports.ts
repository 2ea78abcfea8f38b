import type { Lock } from '../outbox/stream'
import type { Entropy, Kv, Life, Locks, LogRecord, Ports } from '../ports'

/** What a page must give for events alone: see `createPagePorts`. */
export interface PagePorts extends Pick<Ports, 'net' | 'time' | 'timer'> {
  readonly kv: Pick<Kv, 'del' | 'get' | 'set'>
  /** Uniform in [0, 1): spreads what many pages do at once. */
  random(): number | Promise<number>
  readonly records: PageRecords
  /** The lock of that name for as long as this page lives and is not frozen, if it is free. */
  seize(name: string): Promise<Lock | undefined>
  /** Tells when the page goes (hidden, frozen, left: only synchronous work is sure) and when it or the network is back; the answer ends it. */
  watch(goes: () => void, back: () => void): () => void
}

/**
 * The records of the streams of pages, how far a stream's numbers may go, and what is kept about both. `append` and `note`
 * journal before they return, so that what they say outlives the tab at once; it is stored when their promise resolves.
 */
export interface PageRecords {
  /** Names a new stream. */
  begin(): string
  /** Adds a record. Resolves in the order of the calls; rejects with an OmoError: `quota`, `unavailable`. */
  append(stream: string, seq: number, text: string): Promise<void>
  /** Numbers up to this may be given out from now on; `exact`: they were, and none above. Last words had those up to `told`. */
  note(stream: string, upTo: number, told: number, exact?: boolean): Promise<void>
  /** Takes in what the page that had the stream journalled and did not store, but for what is settled, and says what there is. */
  open(stream: string, settled: number): Promise<LeftStream>
  /** As `Log.read`. */
  read(stream: string, from: number, most: number, mostUnits: number): Promise<readonly LogRecord[]>
  /** Keeps how far the hub has settled the stream and how far it may know it, and removes what is settled: both or neither. */
  settle(stream: string, acked: number, tried: number): Promise<void>
  /** Removes the records from one number through another. */
  drop(stream: string, from: number, through: number): Promise<void>
  /** Removes every trace of a stream that has no records, its mark too. */
  forget(stream: string): Promise<void>
  /** Streams with records or a note, but none of trade. */
  streams(): Promise<readonly string[]>
  /** Records of all streams, and what stands in quarantine. */
  count(): Promise<readonly [records: number, quarantined: number]>
  /** What is kept under a key: `a/` and the stream what `settle` kept, `e/` and the stream a mark that ends it, `q/` a fact in quarantine. */
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
}

/** What a page must give for events and who is here: see `createShopperPorts`. */
export interface ShopperPorts extends PagePorts {
  readonly entropy: Pick<Entropy, 'fill'>
  /** Its `streams` names those of trade that pages made, and first. */
  readonly records: PageRecords
  readonly life: Pick<Life, 'onShow'>
  readonly locks: Pick<Locks, 'hold'>
  /** Adds the one record of a stream of trade, past the journal: what was not stored when the page ends was never there. */
  addTrade(stream: string, text: string): Promise<void>
  /** What is kept under keys that begin so, by what follows. */
  names(start: string): Promise<readonly string[]>
}

/** What is left of a stream, by number. */
export interface LeftStream {
  /** Of its last record, 0 when there is none. */
  readonly last: number
  /** Highest number that may have been given out. */
  readonly reserved: number
  /** Highest number that was, when the page went in order. */
  readonly exact: number
  /** Highest number its last words had. */
  readonly told: number
}
