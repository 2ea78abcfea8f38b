import { isTrace } from './identity-event'
import { isAnonymous, type Id } from './identifiers'
import { ends, isCut, type Cut, type Link, type Reject, type Trace } from './trace'

/** R0 and R7: the links events propose, with what cut them, and the merges that hold. */
export function propose(kept: readonly Trace[], cuts: readonly Cut[], reject: Reject): { links: readonly Link[]; mergers: readonly (readonly [Id, Id])[] } {
  const splits = kept.filter((trace) => trace.event.type === 'split').map((trace) => trace.event)
  const links: Link[] = []
  const mergers: (readonly [Id, Id])[] = []
  for (const { event, ids } of kept) {
    if (event.type === 'merge') {
      const [from, into] = [`user:${String(event.userId)}`, `user:${String(event.intoUserId)}`]
      if (ids.indexOf(from) < 0 || ids.indexOf(into) < 0) continue
      if (
        splits.some(
          (split) => event.ts <= split.ts && split.fromUserId != null && samePair([`user:${String(split.userId)}`, `user:${split.fromUserId}`], [from, into]),
        )
      )
        continue
      if (event.by === 'admin') mergers.push([from, into])
      else reject(event, ends(from, into), 'needs-authority')
    } else if (isTrace(event.type)) {
      const [from, ...others] = ids
      if (from === undefined || isAnonymous(from)) continue
      for (const to of others) {
        links.push({
          event,
          from,
          to,
          split: splits.some(
            (split) => event.ts <= split.ts && split.detach !== undefined && samePair([`user:${String(split.userId)}`, split.detach], [from, to]),
          ),
          unbound: cuts.filter((cut) => event.ts <= cut.ts && isCut(cut, from, to)).map((cut) => cut.ts),
        })
      }
    }
  }
  return { links, mergers }
}

const samePair = (a: readonly [Id, Id], b: readonly [Id, Id]): boolean => (a[0] === b[0] && a[1] === b[1]) || (a[0] === b[1] && a[1] === b[0])
