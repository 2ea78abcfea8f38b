/**
 * Where the records of a page lie, one format for both of its outboxes. `name` is the stream's, without a colon: see `escape`.
 */

/** In the table: numbers of equal length, so that keys ascend as they do. */
export const recordKey = (name: string, seq: number): string => `r:${name}:${1e15 + seq}`

/** The number in such a key. */
export const seqOf = (key: string): number => Number(key.slice(-15))

/** What the keys of a stream's records in the journal begin with; the number follows. */
export const journalKey = (name: string): string => `j:1:${name}:`
