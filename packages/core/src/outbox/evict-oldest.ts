import { ifOurs } from './quota'
import type { Evict } from './quota'

/** The oldest facts leave, whatever their priority. A statement among them goes too: then the hub names its numbers again. */
export const evictOldest: Evict = async (engine, streams, tooMany, tooMuch) => {
  let left = 0
  for (const { id, log } of streams)
    await ifOurs(engine, id, async (lock) => {
      const { count, bytes, first, last } = await log.stats()
      // what may be with the hub must not be stated lost; the newest stays to show the hub the gap, should we die now
      const low = Math.max(first, (await engine.ledger.sent(id)).tried + 1)
      const most = Math.ceil(Math.max(tooMany, (tooMuch / bytes) * count || 0)) - left
      const high = Math.min(low + most, last) - 1
      if (high < low) return
      left += high - low + 1
      await log.drop(high)
      await engine.stateLost(id, [[Math.max(low, (await engine.ledger.sent(id)).tried + 1), high]], 'evicted', lock)
    })
  return left
}
