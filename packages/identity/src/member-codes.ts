import { accept, askHub, refuse, type Clock, type HubAddress, type Kv, type Result } from '@omokit/core'

/** A code to show at a till, and when it stops being valid (milliseconds). */
export interface MemberCode {
  readonly code: string
  readonly expiresAt: number
}

/** Codes fetched ahead, so that a phone without signal can still show one. */
export interface MemberCodes {
  next(keep: boolean): Promise<Result<MemberCode>>
  forget(): Promise<void>
}

const key = 'identity.codes'
const margin = 15_000 // a code must live long enough to be scanned
const fetchAhead = 1_800_000 // the hub gives an hour's worth

export function createMemberCodes(to: HubAddress & { readonly kv: Kv; readonly clock: Clock }): MemberCodes {
  let codes: readonly MemberCode[] | undefined

  async function load(): Promise<readonly MemberCode[]> {
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
      if (!to.memberToken || !to.memberToken()) return refuse('unauthorised', { path: 'memberToken' })
      const now = to.clock.read().now
      codes = (codes || (keep ? await load() : [])).filter((code) => code.expiresAt > now + margin)
      let answer: Result<{ codes: readonly MemberCode[] }> | undefined
      const last = codes[codes.length - 1]
      if (!last || last.expiresAt < now + fetchAhead) {
        answer = await askHub<{ codes: readonly MemberCode[] }>(to, 'POST', '/v1/members/code', {})
        if (answer.ok) {
          codes = answer.value.codes
            .slice()
            .sort((a, b) => a.expiresAt - b.expiresAt)
            .filter((code) => code.expiresAt > now + margin)
          if (keep) await to.kv.set(key, JSON.stringify(codes)).catch(() => undefined) // full: the codes in memory still serve
        }
      }
      const code = codes[0]
      if (code) return accept(code)
      return answer && !answer.ok ? answer : refuse('token-expired')
    },
    async forget() {
      codes = []
      if ((await to.kv.get(key)) !== null) await to.kv.del(key)
    },
  }
}
