import { isTradeKind } from '@omokit/core'
import type { TrackerPlugin } from '../plugin'
import { type BotKind, botOf, type BotSigns } from './bot-of'

/** Options of {@link createBots}. */
export interface BotOptions {
  /** `flag` (default): their facts say `bot`. `drop`: nothing of them is recorded but trade. */
  readonly action?: 'flag' | 'drop'
  /** Default: what the browser says of itself. A server gives what came with the request. */
  readonly signs?: BotSigns | (() => BotSigns)
  /** Told once, at the first event of a bot. */
  readonly onBot?: (kind: BotKind) => void
}

/**
 * Tells people from declared programs: crawlers, driven and headless browsers. Facts of trade are flagged and never dropped: what was paid was paid.
 *
 * @example
 * createOmokitCore({ brand, hub, key, plugins: [createBots({ action: 'drop' })] })
 */
export function createBots({ action = 'flag', signs, onBot }: BotOptions = {}): TrackerPlugin {
  let told = false
  return {
    name: 'bots',
    before(event, body) {
      const kind = botOf(typeof signs === 'function' ? signs() : signs || (typeof navigator === 'undefined' ? {} : navigator))
      if (!kind) return body
      if (onBot && !told) {
        told = true
        try {
          onBot(kind)
        } catch {
          // a listener's mistake must not cost the event
        }
      }
      return action === 'drop' && !isTradeKind(event) ? undefined : Object.assign({}, body, { bot: kind })
    },
  }
}
