import { isTradeKind } from '../fact-lanes'
import { hash } from '../hash'
import type { LaneKind } from './lane-kind'
import { wireText } from './record'

/**
 * Receipts, redemptions, consent: never dropped unsent, sent first, and each record carries the hash of the one before.
 * It takes one append after the other, so it needs no numbers for a burst.
 *
 * @param journal acknowledged records that stay readable; at least the one to link to
 */
export const tradeLane = (journal: number): LaneKind => ({
  name: 'trade',
  takes: isTradeKind,
  kept: Math.max(1, journal),
  block: 32,
  async chain(log, last) {
    const [record] = last ? await log.read(last, 1, 1) : []
    let link = record ? hash('fact', wireText(record.seq, record.text)) : ''
    return (seq, text) => {
      const linked = `{"prev":"${link}",${text.slice(1)}`
      link = hash('fact', wireText(seq, linked))
      return linked
    }
  },
})
