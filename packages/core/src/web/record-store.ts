import type { LogRecord } from '../ports'

/** Where the records of all streams lie. Two kinds: IndexedDB, and the journal itself where there is none. */
export interface RecordStore {
  /** The journal's keys are the records: `add` and `adopt` have nothing to do. */
  readonly inJournal: boolean
  /** All or nothing. Rejects where a number is held already. */
  add(runs: readonly RecordRun[]): Promise<void>
  /** As `add`, but passes over numbers that are held or were dropped. */
  adopt(runs: readonly RecordRun[]): Promise<void>
  page(stream: string, from: number, max: number): Promise<readonly LogRecord[]>
  drop(stream: string, upTo: number, except: readonly number[]): Promise<void>
  /** The highest number held or dropped, 0 for none; journal keys `but` do not count. */
  top(stream: string, but: readonly string[]): Promise<number>
  list(): Promise<readonly string[]>
}

/** Records of one stream numbered without a gap. */
export interface RecordRun {
  readonly stream: string
  readonly first: number
  readonly texts: readonly string[]
}
