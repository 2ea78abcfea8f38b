import { allSettled, type Settled } from './ranges'

/** A record of a trade stream as far as the chain is concerned. */
export interface Link {
  readonly seq: number
  readonly hash: string
  /** What it says stands before it; null and "" are the beginning. */
  readonly prev: string | null
}

/**
 * Numbers of the records that do not carry the hash of the one before. Looks only where the record before is known:
 * everything between the two is settled.
 * @param links ascending; the first may be the last one known before the batch
 * @param fresh numbers that have just come
 */
export function brokenLinks(links: readonly Link[], fresh: ReadonlySet<number>, settled: Settled): readonly number[] {
  const broken: number[] = []
  let before: Link | undefined
  for (const link of links) {
    const isNew = fresh.has(link.seq) || (before !== undefined && fresh.has(before.seq))
    if (isNew && allSettled(settled, (before?.seq ?? 0) + 1, link.seq - 1) && (link.prev ?? '') !== (before?.hash ?? '')) broken.push(link.seq)
    before = link
  }
  return broken
}
