// Caps in characters, applied before hashing and parsing. Nothing but numbers stands here, so that bundlers put them in where they are used.

export const bucketCap = 65_536
export const indexCap = 524_288
export const headCap = 2048
export const deltaCap = 190_000
export const viewCap = 4_000_000
export const packCap = 50_000_000
/** The journal of deltas is folded into a new pack beyond this: about a thousand one-row deltas. */
export const journalCap = 380_000
/** What one key of a device's storage takes of a pack. */
export const shardCap = 190_000
