import { accept, askHub, refuse, type Clock, type HubAddress, type Kv, type Result } from '@omokit/core'

/** A code to show at a till, and when it stops being valid (milliseconds). */
export interface MemberCode {
  readonly code: string
  readonly expiresAt: number
}

/** Codes fetched ahead, so that a phone without signal can still show one. */
export interface MemberCodes {
  /** The code that expires first of those that live long enough to be scanned; `keep` stores those fetched ahead. */
  next(keep: boolean): Promise<Result<MemberCode>>
  /** Removes what was fetched ahead. */
  forget(): Promise<void>
}

const key = 'identity.codes'
const margin = 15_000 // a code must live long enough to be scanned
const fetchAhead = 1_800_000 // the hub gives an hour's worth

/**
 * Codes of the member who is logged in, for the option `codes` of `createIdentity` and of `createOmokitCore` on a page.
 *
 * @example
 * const shop = createOmokitCore({ brand, hub, key, codes: createMemberCodes })
 */
export function createMemberCodes(to: Required<HubAddress> & { readonly kv: Pick<Kv, 'del' | 'get' | 'set'>; readonly clock: Clock }): MemberCodes {
  let codes: readonly MemberCode[] | undefined

  async function stored(): Promise<readonly MemberCode[]> {
    try {
      const found: unknown = JSON.parse((await to.kv.get(key)) || '[]')
      if (Array.isArray(found)) return found as MemberCode[]
    } catch {
      // unreadable: fetch again
    }
    return []
  }

  return {
    async next(keep) {
      if (!to.memberToken()) return refuse('unauthorised', { path: 'memberToken' })
      const { now } = to.clock.read()
      const alive = (some: readonly MemberCode[]): MemberCode[] =>
        some.filter(({ expiresAt }) => expiresAt > now + margin).sort((a, b) => a.expiresAt - b.expiresAt)
      let refusal = refuse('token-expired')
      let held = alive(codes || (keep ? await stored() : []))
      if (!held.some(({ expiresAt }) => expiresAt >= now + fetchAhead)) {
        const answer = await askHub<{ codes: readonly MemberCode[] }>(to, 'POST', '/v1/members/code', {})
        if (answer.ok) {
          held = alive(answer.value.codes)
          if (keep) await to.kv.set(key, JSON.stringify(held)).catch(() => undefined) // full: the codes in memory still serve
        } else refusal = answer
      }
      codes = held
      return held[0] ? accept(held[0]) : refusal
    },
    async forget() {
      codes = []
      if ((await to.kv.get(key)) !== null) await to.kv.del(key)
    },
  }
}
