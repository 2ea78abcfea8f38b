import type { Result } from '@omokit/core'
import type { Caller } from './caller'

/** Limits wrong codes, not calls: a shopper mistypes, a guesser fails again and again. */
export interface GuessCap {
  /** Milliseconds this caller must wait before it may try again; 0: none. */
  blocked(caller: Caller): number
  /** Counts the answers that say "no such code". */
  watch(caller: Caller, results: readonly Result<unknown>[]): void
}

const perCaller = { burst: 20, everyMs: 6_000 }
const perBrand = { burst: 600, everyMs: 200 }
const wrong: readonly string[] = ['not-available', 'not-owner', 'bad-token', 'unknown-coupon']

/**
 * Failures flow off at one in 6 s for each caller (a member of a publishable key, or a key) and five a second for a brand;
 * 20 and 600 may stand at once. With 80-bit codes and a million of them live that is a hit in 10¹⁰ years. Each replica counts for itself.
 */
export function createGuessCap(now: () => number): GuessCap {
  const full = new Map<string, number>()
  // the time at which all counted failures will have flowed off
  const wait = (id: string, cap: typeof perCaller): number => Math.max(0, (full.get(id) ?? 0) - now() - (cap.burst - 1) * cap.everyMs)
  const count = (id: string, cap: typeof perCaller): void => {
    if (full.size > 100_000) for (const [name, until] of full) if (until <= now()) full.delete(name)
    full.set(id, Math.max(full.get(id) ?? 0, now()) + cap.everyMs)
  }
  const idOf = ({ key, member }: Caller): string => `${key.brand}\n${key.hash}\n${key.kind === 'publishable' ? (member ?? '') : ''}`
  return {
    blocked: (caller) => (caller.key.kind === 'secret' ? 0 : Math.max(wait(idOf(caller), perCaller), wait(caller.key.brand, perBrand))),
    watch(caller, results) {
      if (caller.key.kind === 'secret') return
      for (const result of results) {
        if (result.ok || !result.issues.some((issue) => wrong.includes(issue.code))) continue
        count(idOf(caller), perCaller)
        count(caller.key.brand, perBrand)
      }
    },
  }
}
