import { isTradeKind, OmoError } from '@omokit/core'
import type { TrackerPlugin } from '../plugin'

/** Options of {@link createSampling}. */
export interface SamplingOptions {
  /** How much of each event is kept, 0 to 1, by its name; `*` for those without a row. An event without either is kept whole. */
  readonly rates: Readonly<Record<string, number>>
  /** Whose events are kept or not kept together: of a visitor (default; of a session where there is no visitor id) or of a session. */
  readonly by?: 'visitor' | 'session'
  /** Draws other visitors than another sample does, default "". */
  readonly salt?: string
}

/**
 * Keeps a share of events, the same visitors each time: who is in a sample of a tenth is in one of a half, so that funnels hold together. The
 * rate goes with each kept fact as `sampleRate`: a fact stands for `1 / sampleRate`. Trade is never sampled, nor are `Session
 * Started` unless it is named, and events of nobody known. Throws `invalid` for a rate outside 0 to 1, `wrong-lane` for one of a trade event.
 *
 * @example
 * createOmokitCore({ brand, hub, key, plugins: [createSampling({ rates: { 'Product List Viewed': 0.1 } })] })
 */
export function createSampling({ rates, by = 'visitor', salt = '' }: SamplingOptions): TrackerPlugin {
  const rows = new Map<string, number>()
  for (const event of Object.keys(rates)) {
    const rate = rates[event] as number
    if (!(rate >= 0 && rate <= 1)) throw new OmoError('invalid', `rates.${event}: 0 to 1`)
    if (isTradeKind(event)) throw new OmoError('wrong-lane', `${event} is trade`)
    rows.set(event, rate)
  }
  const others = rows.get('*')
  return {
    name: 'sampling',
    before(event, body, { anonId, session }) {
      const named = rows.get(event)
      const rate = named === undefined && event !== 'Session Started' ? others : named
      const unit = by === 'visitor' ? anonId || session : session
      if (rate === undefined || rate === 1 || unit === undefined || isTradeKind(event)) return body
      return share(salt + unit) < rate ? Object.assign({}, body, { sampleRate: rate }) : undefined
    },
  }
}

/** A text's place in [0, 1), the same on every runtime: FNV-1a over UTF-16 units, then the finalizer of MurmurHash3. */
function share(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296
}
